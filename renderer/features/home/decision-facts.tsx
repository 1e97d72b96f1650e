import type { ReactNode } from 'react'
import type { Decision, Range } from '../../../electron/contract/decision'
import { bytes, duration, figure, firstToken, memory, range, whole } from '../../ui/format'
import { Hint } from '../../ui/hint'
import { Sourced } from '../../ui/provenance'
import { StateWord } from '../../ui/state-word'
import { Workings } from '../../ui/workings'
import { Evidence } from './decision-evidence'
import { inOneRun } from './decision-words'
import { DraftFact } from './draft-fact'
import { GroundedText } from './grounded-text'
import { MemoryParts } from './memory-parts'
import { QualityFact } from './quality-fact'

interface Props {
  decision: Decision
  users: number
}

/** Memory, speed, cost, evidence, what is given up: each number with where it comes from. Of an engine test only what says something. */
export function DecisionFacts({ decision, users }: Props) {
  return (
    <dl className="grid grid-cols-[96px_minmax(0,1fr)] content-start gap-y-4 p-5 max-wide:grid-cols-[80px_minmax(0,1fr)] max-wide:px-4 max-narrow:grid-cols-1 max-narrow:gap-y-1">
      <Fact name="Memory">
        <MemoryParts decision={decision} />
      </Fact>
      {!decision.engineTest && (
        <Fact name="Speed">
          <Speed decision={decision} users={users} />
        </Fact>
      )}
      {decision.quality && !decision.engineTest && (
        <Fact name="Quality">
          <QualityFact quality={decision.quality} artifact={decision.artifact} />
        </Fact>
      )}
      <Fact name="Cost">
        <Cost decision={decision} />
      </Fact>
      <Fact name="Evidence">
        <Evidence reasons={decision.reasons} runs={decision.engineTest ? undefined : decision.speed.runs} />
      </Fact>
      {decision.draft && (
        <Fact name="Draft">
          <DraftFact decision={decision} draft={decision.draft} />
        </Fact>
      )}
      {decision.givesUp.length > 0 && (
        <Fact name="You give up">
          <ul className="grid gap-1">
            {decision.givesUp.map(text => (
              <li key={text}>
                <GroundedText text={text} grounds={decision.grounds} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {decision.warnings.length > 0 && (
        <Fact name="Know">
          <ul className="grid gap-1">
            {decision.warnings.map(warning => (
              <li key={warning}>
                <StateWord tone="warn">
                  <span className="whitespace-normal text-ink">
                    <GroundedText text={warning} grounds={decision.grounds} />
                  </span>
                </StateWord>
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3 max-narrow:not-first:mt-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  )
}

function Speed({ decision, users }: Props) {
  const { oneUser, users: together, ttftMs, why } = decision.speed
  if (!oneUser && !together && !ttftMs) return <span className="text-ink-2">Not predicted: {why ?? 'too little is known'}</span>
  return (
    <div className="grid gap-1.5">
      <div className="flex flex-wrap gap-x-8 gap-y-2">
        {oneUser && <Figure decision={decision} range={oneUser} unit="tok/s" label="one user" />}
        {together && <Figure decision={decision} range={together} unit="tok/s" label={`${users} users together`} />}
        {ttftMs && <FirstToken decision={decision} range={ttftMs} />}
      </div>
      {why !== null && <p className="text-12 text-ink-2">{why}</p>}
    </div>
  )
}

interface FigureProps {
  decision: Decision
  range: Range
  unit: string
  label: string
}

function Figure({ decision, range: { low, mid, high }, unit, label }: FigureProps) {
  const { basis, workings } = decision.speed
  const head = `${basis === 'measured' ? 'Measured here' : 'Estimated'}: ${figure(mid)} ${unit}, ${figure(low)} to ${figure(high)}`
  return (
    <div className="grid justify-items-start">
      <Sourced
        of={basis === 'measured' ? 'measured' : 'estimated'}
        why={<Workings head={head} lines={workings} />}
        className="text-16 font-semibold"
      >
        {basis === 'measured' ? figure(mid) : range(low, high)} <span className="text-12 font-normal text-ink-2">{unit}</span>
      </Sourced>
      <span className="text-12 text-ink-2">{label}</span>
    </div>
  )
}

function FirstToken({ decision, range: { low, mid, high } }: { decision: Decision; range: Range }) {
  const { workings, promptTokens } = decision.speed
  // An estimate of a second and more is not known to its hundredths.
  const [number, unit] = (mid >= 1000 && mid < 59_500 ? duration(mid) : firstToken(mid)).split(' ')
  const head = `First token after ${firstToken(mid)}, ${firstToken(low)} to ${firstToken(high)}`
  return (
    <div className="grid justify-items-start">
      <Sourced of="estimated" why={<Workings head={head} lines={workings} />} className="text-16 font-semibold">
        {number} <span className="text-12 font-normal text-ink-2">{unit}</span>
      </Sourced>
      <span className="text-12 text-ink-2">
        {promptTokens === undefined ? 'first token, about' : `first token of a ${whole(promptTokens)}-token prompt, about`}
      </span>
    </div>
  )
}

function Cost({ decision }: { decision: Decision }) {
  const { startable, downloadBytes } = decision
  if (startable.now) return <>Nothing to download: everything it needs is on this machine</>
  const between = startable.missing.filter(missing => missing.kind === 'build' || missing.kind === 'model')
  const needed = inOneRun(between.map(missing => missing.text))
  if (downloadBytes === null)
    return <>{needed === '' ? 'The size of what is missing is not known' : `To fetch, of unknown size: ${needed}`}</>
  const build = between.find(missing => missing.kind === 'build')
  const isWhole = between.every(missing => missing.bytes !== null)
  return (
    <>
      <Hint
        text={`Files are counted in billions of bytes: ${bytes(downloadBytes)} of them take ${memory(downloadBytes / 2 ** 20)} as memory is counted.`}
      >
        {bytes(downloadBytes)}
      </Hint>{' '}
      to download{build && isWhole && ' and install'}, {downloadTime(downloadBytes)}
      {!isWhole && '; the engine comes on top, its size is not known here'}
      {needed !== '' && <span className="text-ink-2">. {needed}</span>}
    </>
  )
}

/** About the median of fixed lines in the world (Ookla, Speedtest Global Index, 2025), so that gigabytes become minutes. */
const usualMbitPerSecond = 100

function downloadTime(downloadBytes: number): string {
  const seconds = (downloadBytes * 8) / (usualMbitPerSecond * 1e6)
  const rounded = seconds < 90 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 60) * 60
  return `about ${duration(rounded * 1000)} at ${usualMbitPerSecond} Mbit/s`
}
