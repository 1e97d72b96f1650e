import ArrowUp from 'lucide-react/icons/arrow-up'
import { memo, useCallback, useRef, useState } from 'react'
import type { Turn } from '../../../electron/contract/compare'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { commandKey, Kbd } from '../../ui/kbd'
import { TextArea } from '../../ui/text-area'
import { StopIcon } from '../../ui/stop-icon'
import { act } from '../shared/notice.store'
import { useCompare } from './compare.store'
import { adviseOrder } from './order'
import { useCompareKeys } from './keys'
import { isAnyLive, panesOf } from './selectors'
import type { Target } from './targets'

const modes = [
  { value: 'at-once', label: 'all at once' },
  { value: 'one-after-another', label: 'one after another' },
] as const

interface Props {
  targets: readonly Target[]
  /** Sends to all panes; resolves to false when it was refused, and the prompt stays. */
  onSend: (prompt: string, mode: Turn['mode']) => Promise<boolean>
  /** Whoever came here to chat can write at once. */
  autoFocus?: boolean
}

/** One prompt for all panes. Ctrl-Enter sends, Esc stops, / comes here from anywhere. */
export const PromptBar = memo(function PromptBar({ targets, onSend, autoFocus = false }: Props) {
  const panes = useCompare(panesOf)
  const live = useCompare(isAnyLive)
  const [prompt, setPrompt] = useState('')
  const [chosen, setChosen] = useState<Turn['mode'] | null>(null)
  const [sending, setSending] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const advice = adviseOrder(panes, targets)
  const mode = chosen ?? advice.mode
  const isChat = panes.length === 1
  const why = whyNot({ live, prompt, ready: panes.some(pane => targets.some(target => target.ready && target.route === pane.route)) })

  const send = useCallback(() => {
    if (why !== null || sending) return
    setSending(true)
    void onSend(prompt.trim(), mode).then(sent => {
      setSending(false)
      if (sent) setPrompt('')
    })
  }, [why, sending, onSend, prompt, mode])
  const stop = useCallback(() => {
    const id = useCompare.getState().comparison?.id
    if (id) void act('The answers could not be stopped', () => client.compare.stop({ id, generationId: null }))
  }, [])
  const focus = useCallback(() => field.current?.focus(), [])
  useCompareKeys({ onFocus: focus, onStop: live ? stop : null })

  return (
    <form
      aria-label={isChat ? 'Prompt' : 'Prompt for all panes'}
      className="prompt-bar border-t border-line px-4"
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      <TextArea
        ref={field}
        aria-label="Prompt"
        autoFocus={autoFocus}
        placeholder={isChat ? 'Ask' : 'Ask all panes'}
        rows={2}
        value={prompt}
        onChange={event => setPrompt(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          send()
        }}
      />
      <div className="flex min-w-0 flex-wrap items-center gap-2">
        {!isChat && <ChooseOne legend="Order" options={modes} value={mode} onChange={setChosen} />}
        <span className="min-w-0 flex-1 truncate text-12 text-ink-3" title={advice.reason}>
          {advice.reason}
        </span>
        <Button icon={StopIcon} disabled={!live} onClick={stop}>
          {isChat ? 'Stop' : 'Stop all'} <Kbd>Esc</Kbd>
        </Button>
        <Button tone="go" type="submit" icon={ArrowUp} disabled={why !== null || sending} title={why ?? undefined}>
          {isChat ? 'Send' : 'Send to all'} <kbd className="font-sans text-11 font-normal">{commandKey} ↵</kbd>
        </Button>
      </div>
    </form>
  )
})

function whyNot({ live, prompt, ready }: { live: boolean; prompt: string; ready: boolean }): string | null {
  if (live) return 'An answer is still being written.'
  if (!ready) return 'No pane has a target that can answer now.'
  return prompt.trim() === '' ? 'Write a prompt first.' : null
}
