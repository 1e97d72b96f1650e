import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Instance } from '../../../electron/contract/instance'
import { timeOfDay } from '../../ui/format'
import { Icon } from '../../ui/icon'
import { Sourced } from '../../ui/provenance'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { GpuIcon } from './device-icons'
import { nothingExpected, verdictRows, type Expected, type VerdictRow } from './verdict-rows'

interface Props {
  title: string
  expected: Expected | null
  /** Null before the proof: the card stands there with its estimates, so that nothing moves when it fills. */
  instance: Instance | null
  /** `After step 5`. */
  later: string
  children?: ReactNode
}

/** What came of a start: estimate beside measurement, where it runs and whether that was seen, the next steps. */
export function VerdictCard({ title, expected, instance, later, children }: Props) {
  const proof = instance?.proof ?? null
  const figures = expected?.engineTest !== true
  return (
    <section
      aria-label={`Verdict: ${title}`}
      className={`grid gap-3 rounded-2 border border-frame px-5 py-4 ${proof ? '' : 'border-dashed'}`}
    >
      <header className="grid gap-0.5">
        {proof ? <StateWord tone="ok">Ready now</StateWord> : <StateWord tone="later">{later}</StateWord>}
        <h2 className={`text-16 wrap-anywhere ${proof ? '' : 'text-ink-2'}`}>{title}</h2>
      </header>
      {figures ? <Figures expected={expected ?? nothingExpected} proof={proof} /> : <NoFigures />}
      {proof ? <Placement proof={proof} /> : <PlacementLater />}
      {children}
    </section>
  )
}

/** An engine test proves an engine; its speed and its few megabytes would only mislead. */
function NoFigures() {
  return (
    <p className="text-ink-2">
      The engine test shows that this engine computes correctly here. Speed and memory are shown with the first real model.
    </p>
  )
}

function Figures({ expected, proof }: { expected: Expected; proof: Instance['proof'] }) {
  return (
    <>
      <table className="w-full table-fixed border-collapse">
        <thead className="text-12">
          <tr>
            <th scope="col" className="h-7 w-[34%] border-b border-line p-0 text-left font-normal">
              <span className="sr-only">What</span>
            </th>
            {['estimate', 'measured', 'off by'].map(head => (
              <th key={head} scope="col" className="h-7 border-b border-line pl-2 text-right font-normal text-ink-3">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {verdictRows(expected, proof).map(row => (
            <Row key={row.key} row={row} measuredAt={proof?.at ?? null} />
          ))}
        </tbody>
      </table>
      {proof && (
        <p className="text-12">
          <Link href="/predictions" className="underline">
            Predicted against measured
          </Link>
        </p>
      )}
    </>
  )
}

function Row({ row, measuredAt }: { row: VerdictRow; measuredAt: string | null }) {
  const cell = 'h-7 border-b border-line pl-2 text-right whitespace-nowrap'
  const exact = row.key === 'context'
  return (
    <tr>
      <th scope="row" className="h-7 border-b border-line p-0 text-left font-normal">
        {row.name}
      </th>
      <td className={cell}>
        {row.estimate === null ? (
          <Unknown word="not predicted" />
        ) : exact ? (
          row.estimate
        ) : (
          <Sourced of="estimated" why={null}>
            {row.estimate}
          </Sourced>
        )}
      </td>
      <td className={`${cell} font-semibold`}>
        <Measured row={row} measuredAt={measuredAt} />
      </td>
      <td className={`${cell} text-ink-2`}>
        {row.off ?? (measuredAt === null ? <Skeleton width={36} /> : <Unknown word="no comparison" />)}
      </td>
    </tr>
  )
}

function Measured({ row, measuredAt }: { row: VerdictRow; measuredAt: string | null }) {
  if (measuredAt === null) return <Skeleton width={60} />
  if (row.measured === null) return <Unknown word="not measured" />
  if (row.key === 'context') return row.measured
  return (
    <Sourced of="measured" why={`Measured on this machine at ${timeOfDay(measuredAt)}.`}>
      {row.measured}
    </Sourced>
  )
}

function Unknown({ word }: { word: string }) {
  return (
    <span className="font-normal text-ink-3">
      <span aria-hidden="true">–</span>
      <span className="sr-only">{word}</span>
    </span>
  )
}

function Placement({ proof }: { proof: NonNullable<Instance['proof']> }) {
  const { placement, golden, why } = proof
  return (
    <div className="grid gap-1">
      <p>
        <StateWord tone={placement.verified ? 'ok' : 'warn'}>
          <span className="whitespace-normal">
            {placement.text}
            {placement.verified ? ', verified' : ', not verified'}
          </span>
        </StateWord>{' '}
        <span className="text-ink-2">{placement.how}</span>
      </p>
      {golden && (
        <p>
          <StateWord tone={golden.right === golden.asked ? 'ok' : 'bad'}>
            {golden.right} of {golden.asked} known answers right
          </StateWord>
        </p>
      )}
      {why.map(line => (
        <p key={line} className="text-12 text-ink-2">
          {line}
        </p>
      ))}
    </div>
  )
}

function PlacementLater() {
  return (
    <p className="flex gap-2 text-ink-3">
      <Icon of={GpuIcon} className="mt-0.5" />
      <span>Where it runs is read from the system, not taken from the engine’s word.</span>
    </p>
  )
}
