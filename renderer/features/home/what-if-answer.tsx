import type { ReactNode } from 'react'
import type { Outcome, Shopping, WhatIf } from '../../../electron/contract/what-if'
import { Button } from '../../ui/button'
import { capacity, contextLength, figure, firstToken, memory } from '../../ui/format'
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
  { name: 'first token', of: each => firstToken(each.ttftMs) },
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

/** The shopping answer: each step that would bring something, to be looked at with one click, and what the list leaves open. */
export function ShoppingList({ shopping: { steps, notes = [] } }: { shopping: Shopping }) {
  return (
    <div>
      <h3 className="mb-1 text-12 text-ink-3">What you would gain</h3>
      {steps.length === 0 && <p className="text-ink-2">No usual card and no more memory would bring anything for this.</p>}
      <ul className="grid gap-2">
        {steps.map(step => (
          <li key={step.title} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-3">
            <span>
              With{' '}
              <b>
                <StepTitle step={step} />
              </b>
              : {step.gain}
              <span className="block text-12 text-ink-2">{inFigures(step.after)}</span>
            </span>
            <Button size="low" aria-label={`Look: ${step.title}`} onClick={() => choose({ machine: step.machine })}>
              Look
            </Button>
          </li>
        ))}
      </ul>
      {notes.length > 0 && <p className="mt-2 text-12 text-ink-2">{notes.join(' ')}</p>}
    </div>
  )
}

/** A card says where its memory and bandwidth are from. */
function StepTitle({ step: { title, source } }: { step: Shopping['steps'][number] }) {
  if (source == null) return title
  return <Hint text={<Workings head="Memory and bandwidth of the card" lines={[`Its data sheet, as ${source} has it.`]} />}>{title}</Hint>
}

/** `Ollama, 8k context, about 41 tok/s, 28.6 of 32 GB`. */
function inFigures({ runtimeTitle, contextTokens, slots, oneUser, users, usedMiB, totalMiB }: Outcome): ReactNode {
  const rate = users ?? oneUser
  return (
    <>
      {runtimeTitle}, {contextLength(contextTokens)} context{slots > 1 && ' each'},{' '}
      {rate !== null && (
        <>
          <ProvenanceMark of="estimated" />
          about {figure(rate)} tok/s{users !== null && ' together'},{' '}
        </>
      )}
      {memory(usedMiB)} of {capacity(totalMiB)}
    </>
  )
}
