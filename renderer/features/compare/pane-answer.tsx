import { memo, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { Generation, Turn } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { classes } from '../../ui/classes'
import { Disclosure } from '../../ui/disclosure'
import { Markdown } from '../../ui/markdown/markdown'
import { StateWord } from '../../ui/state-word'
import { isLive } from './comparison-reducer'
import { useStickToEnd } from './stick-to-end'

interface Props {
  number: number
  paneId: string
  turns: readonly Turn[]
  /** What stands there while there is nothing to read, and under a waiting answer. */
  hold: React.ReactNode
}

/** So many exchanges are drawn at first, and more with each press of the button: hundreds of answers would hold up the window for seconds. */
const drawnAtOnce = 20

/** What a pane was asked and answered, the newest at the end; it scrolls inside itself. */
export function PaneAnswer({ number, paneId, turns, hold }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const [drawn, setDrawn] = useState(drawnAtOnce)
  useStickToEnd(scroller, content)
  const answered = turns.flatMap(turn => {
    const generation = turn.generations.find(each => each.paneId === paneId)
    return generation ? [{ turn, generation }] : []
  })
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={`Answer ${number}`}
      className="min-h-0 flex-1 overflow-auto px-4 pt-1 pb-3 focus-visible:-outline-offset-2"
    >
      <div ref={content} className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {answered.length > drawn && (
          <p>
            <Button size="low" tone="quiet" onClick={() => setDrawn(drawn + drawnAtOnce)}>
              Show earlier ({answered.length - drawn} more)
            </Button>
          </p>
        )}
        {answered.slice(-drawn).map(({ turn, generation }) => (
          <Exchange key={turn.id} prompt={turn.prompt} generation={generation} />
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

/** One prompt and its answer; drawn again only when the answer grows. */
const Exchange = memo(function Exchange({ prompt, generation }: { prompt: string; generation: Generation }) {
  const { state, text, reasoning, error } = generation
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <Asked prompt={prompt} />
      {reasoning !== '' && (
        <Disclosure summary={text === '' && isLive(generation) ? 'Reasoning…' : 'Reasoning'} className="max-w-[68ch]">
          <div className="border-l-2 border-line py-1 pl-3 text-ink-2">
            <Markdown text={reasoning} live={state === 'streaming' && text === ''} />
          </div>
        </Disclosure>
      )}
      {text === '' && state === 'streaming' && <p className="answer-caret" aria-hidden="true" />}
      {text !== '' && <Markdown text={text} live={state === 'streaming'} />}
      {error !== null && (
        <p className="max-w-[68ch] wrap-anywhere">
          <StateWord tone={state === 'interrupted' ? 'warn' : 'bad'}>
            <span className="whitespace-normal">{error}</span>
          </StateWord>{' '}
          {generation.instanceId !== null && state === 'failed' && (
            <Link href={`/running/${generation.instanceId}`} className="quiet-link">
              See its log
            </Link>
          )}
        </p>
      )}
    </div>
  )
})
