import { memo, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { useShallow } from 'zustand/shallow'
import type { Generation } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { classes } from '../../ui/classes'
import { Disclosure } from '../../ui/disclosure'
import type { TextSource } from '../../ui/markdown/follow-growth'
import { Markdown } from '../../ui/markdown/markdown'
import { StateWord } from '../../ui/state-word'
import { useCompare } from './compare.store'
import { isLive } from './comparison-reducer'
import { answerOf, askedTurns, outlineOf, promptOf } from './selectors'
import { useStickToEnd } from './stick-to-end'

interface Props {
  number: number
  paneId: string
  /** What stands there while there is nothing to read, and under a waiting answer. */
  hold: React.ReactNode
}

/** So many exchanges are drawn at first, and more with each press of the button: hundreds of answers would hold up the window for seconds. */
const drawnAtOnce = 20

/** What a pane was asked and answered, the newest at the end; it scrolls inside itself. */
export function PaneAnswer({ number, paneId, hold }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState(drawnAtOnce)
  useStickToEnd(scroller, content)
  const turns = useCompare(useShallow(store => askedTurns(store, paneId)))
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={`Answer ${number}`}
      className="min-h-0 flex-1 overflow-auto px-4 pt-1 pb-3 focus-visible:-outline-offset-2"
    >
      <div ref={content} className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {turns.length > drawn && (
          <p>
            <Button size="low" tone="quiet" onClick={() => setDrawn(drawn + drawnAtOnce)}>
              Show earlier ({turns.length - drawn} more)
            </Button>
          </p>
        )}
        {turns.slice(-drawn).map(id => (
          <Exchange key={id} turnId={id} paneId={paneId} />
        ))}
        {hold}
      </div>
    </div>
  )
}

/** A prompt longer than this, or of more lines, is shown in part: the answer is what the pane is for. */
const longPrompt = { characters: 280, lines: 3 }

/** What was asked, as it was written; a long one in full on request. It stays as it is while its answer grows. */
const Asked = memo(function Asked({ prompt }: { prompt: string }) {
  const [isWhole, setWhole] = useState(false)
  const isLong = prompt.length > longPrompt.characters || prompt.split('\n').length > longPrompt.lines
  return (
    <div className="max-w-[68ch] border-l-2 border-frame pl-3 text-ink-2">
      <p className={classes('whitespace-pre-wrap wrap-anywhere', isLong && !isWhole && 'line-clamp-3')}>{prompt}</p>
      {isLong && (
        <button type="button" aria-expanded={isWhole} className="quiet-link text-12" onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less' : 'Show the whole prompt'}
        </button>
      )}
    </div>
  )
})

/** One prompt and its answer. */
const Exchange = memo(function Exchange({ turnId, paneId }: { turnId: string; paneId: string }) {
  const prompt = useCompare(store => promptOf(store, turnId))
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <Asked prompt={prompt} />
      <Answer turnId={turnId} paneId={paneId} />
    </div>
  )
})

/** An answer as it is now; its texts grow in their place without it being drawn again. */
function Answer({ turnId, paneId }: { turnId: string; paneId: string }) {
  const generation = useCompare(useMemo(() => outlineOf(turnId, paneId), [turnId, paneId]))
  const sources = useMemo(() => sourcesOf(turnId, paneId), [turnId, paneId])
  if (!generation) return null
  const isStreaming = generation.state === 'streaming'
  const { text, reasoning, error } = generation
  return (
    <>
      {reasoning !== '' && (
        <Disclosure summary={text === '' && isLive(generation) ? 'Reasoning…' : 'Reasoning'} className="max-w-[68ch]">
          <div className="border-l-2 border-line py-1 pl-3 text-ink-2">
            <Markdown text={reasoning} live={isStreaming && text === ''} source={isStreaming ? sources.reasoning : null} />
          </div>
        </Disclosure>
      )}
      {text === '' && isStreaming && <p className="answer-caret" aria-hidden="true" />}
      {text !== '' && <Markdown text={text} live={isStreaming} source={isStreaming ? sources.text : null} />}
      {error !== null && <WhatFailed error={error} generation={generation} />}
    </>
  )
}

function WhatFailed({ error, generation }: { error: string; generation: Generation }) {
  const { state, instanceId } = generation
  return (
    <p className="max-w-[68ch] wrap-anywhere">
      <StateWord tone={state === 'interrupted' ? 'warn' : 'bad'}>
        <span className="whitespace-normal">{error}</span>
      </StateWord>{' '}
      {instanceId !== null && state === 'failed' && (
        <Link href={`/running/${instanceId}`} className="quiet-link">
          See its log
        </Link>
      )}
    </p>
  )
}

/** Where the texts of an answer grow. */
function sourcesOf(turnId: string, paneId: string): Record<'text' | 'reasoning', TextSource> {
  const read = () => answerOf(useCompare.getState(), turnId, paneId)
  const watch = (told: () => void) => useCompare.subscribe(told)
  return { text: { read: () => read()?.text ?? '', watch }, reasoning: { read: () => read()?.reasoning ?? '', watch } }
}
