import Check from 'lucide-react/icons/check'
import Minus from 'lucide-react/icons/minus'
import X from 'lucide-react/icons/x'
import type { ReactNode } from 'react'
import { classes } from './classes'
import { Icon } from './icon'

export interface StepView {
  key: string
  title: string
  state: 'done' | 'now' | 'later' | 'skipped' | 'failed' | 'cancelled'
  /** At the right end of the title: how long it took, or how long it will. */
  aside?: ReactNode
  /** One line of what it does or did. */
  detail?: ReactNode
  /** Progress, rate and buttons of the step that runs. */
  more?: ReactNode
}

const words: Record<StepView['state'], string> = {
  ...{ done: 'done', now: 'running', later: 'to come', skipped: 'not needed', failed: 'failed', cancelled: 'cancelled' },
}

const nodes: Record<StepView['state'], string> = {
  done: 'border-[1.5px] border-edge text-ink',
  now: 'border-2 border-accent-edge text-ink',
  later: 'border-[1.5px] border-frame text-ink-3',
  skipped: 'border-[1.5px] border-frame text-ink-3',
  failed: 'border-2 border-bad text-bad',
  cancelled: 'border-[1.5px] border-edge text-ink-2',
}

/** A sequence on a line: done = tick, now = yellow ring, later = its number. */
export function Steps({ steps, label }: { steps: readonly StepView[]; label: string }) {
  return (
    <ol aria-label={label}>
      {steps.map((step, index) => (
        <li
          key={step.key}
          {...(step.state === 'now' ? { 'aria-current': 'step' as const } : {})}
          className={classes(
            'relative grid grid-cols-[24px_minmax(0,1fr)] gap-4 pb-5',
            'not-last:before:absolute not-last:before:top-[26px] not-last:before:bottom-0.5 not-last:before:left-[11px] not-last:before:w-0.5',
            step.state === 'done' ? 'not-last:before:bg-edge' : 'not-last:before:bg-frame',
          )}
        >
          <span className={classes('grid size-6 place-items-center rounded-full text-12', nodes[step.state])}>
            <NodeSign state={step.state} number={index + 1} />
            <span className="sr-only">{words[step.state]}</span>
          </span>
          <div className="grid min-w-0 gap-1">
            <div className="flex items-center gap-2">
              <h3 className={classes('flex-1', (step.state === 'later' || step.state === 'skipped') && 'text-ink-2')}>{step.title}</h3>
              <span className="text-12 text-ink-3">{step.aside}</span>
            </div>
            {step.detail !== undefined && <p className="wrap-anywhere text-ink-2">{step.detail}</p>}
            {step.more}
          </div>
        </li>
      ))}
    </ol>
  )
}

function NodeSign({ state, number }: { state: StepView['state']; number: number }) {
  if (state === 'done') return <Icon of={Check} />
  if (state === 'failed' || state === 'cancelled') return <Icon of={X} />
  if (state === 'skipped') return <Icon of={Minus} />
  return <span aria-hidden="true">{number}</span>
}
