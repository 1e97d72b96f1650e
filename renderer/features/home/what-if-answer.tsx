import type { Outcome, Shopping, WhatIf } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { capacity, contextLength, duration, figure, memory } from '../../ui/format'
import { Hint } from '../../ui/hint'
import { ProvenanceMark } from '../../ui/provenance'
import { Workings } from '../../ui/workings'
import { choose } from './what-if.store'

interface Row {
  name: string
  of: (outcome: Outcome) => string
}

const rows: readonly Row[] = [
  { name: 'engine', of: each => each.runtimeTitle },
  { name: 'model', of: each => `${each.modelTitle} ${each.artifact}` },
  { name: 'context', of: each => `${contextLength(each.contextTokens)}${each.slots > 1 ? ` × ${each.slots}` : ''}` },
  { name: 'quality', of: each => (each.qualityPoints === null ? '–' : String(each.qualityPoints)) },
  { name: 'one user', of: each => (each.oneUser === null ? 'not predicted' : `${figure(each.oneUser)} tok/s`) },
  { name: 'all together', of: each => (each.users === null ? '–' : `${figure(each.users)} tok/s`) },
  { name: 'first token', of: each => (each.ttftMs === null ? '–' : duration(each.ttftMs, each.ttftMs < 100)) },
  { name: 'memory', of: each => `${memory(each.usedMiB)} of ${capacity(each.totalMiB)}` },
  { name: 'on the GPU', of: each => `${each.gpuLayers} of ${each.layers} layers` },
]

/** Now and then, side by side; what differs is bold. */
export function WhatIfTable({ answer: { before, after } }: { answer: WhatIf }) {
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr className="text-left text-12 text-ink-3">
          <th className="w-24 font-normal">
            <span className="sr-only">Figure</span>
          </th>
          <th className="font-normal">now</th>
          <th className="font-normal">
            <ProvenanceMark of="estimated" />
            then
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, of }) => {
          const [now, then] = [before ? of(before) : 'nothing fits', after ? of(after) : 'nothing fits']
          return (
            <tr key={name} className="align-top">
              <th className="text-left font-normal text-ink-3">{name}</th>
              <td className="pr-3 text-ink-2">{now}</td>
              <td className={now === then ? 'text-ink-2' : 'font-semibold'}>{then}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What changed and why, with what each line rests on. */
export function WhatIfTrace({ trace }: { trace: WhatIf['trace'] }) {
  return (
    <div>
      <h3 className="mb-1 text-12 text-ink-3">What changes and why</h3>
      <ul className="grid gap-1.5">
        {trace.map(({ what, text, evidence }) => {
          const lines = evidence.map(each => (each.source === null ? each.text : `${each.text} (${each.source})`))
          return (
            <li key={what + text}>
              {text}{' '}
              <Hint text={<Workings head={what} lines={lines} />} className="text-ink-2">
                <span className="quiet-link">why</span>
              </Hint>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** The shopping answer: each step that would bring something, to be looked at with one click. */
export function ShoppingList({ steps }: { steps: Shopping['steps'] }) {
  if (steps.length === 0) return <p className="text-ink-2">No usual card and no more memory would bring anything for this.</p>
  return (
    <div>
      <h3 className="mb-1 text-12 text-ink-3">What you would gain</h3>
      <ul className="grid gap-1.5">
        {steps.map(step => (
          <li key={step.title} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-3">
            <span>
              With <b>{step.title}</b>: {step.gain}
            </span>
            <Button size="low" onClick={() => choose({ machine: step.machine })}>
              Look
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
