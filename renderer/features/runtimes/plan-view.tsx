import type { InstallPlanDetail } from '../../../electron/contract/install'
import { CodeBlock } from '../../ui/code-block'
import { bytes, duration } from '../../ui/format'
import { StateWord } from '../../ui/state-word'

/** What an install would do, before it is done: what is fetched, from where, disk, time, commands, steps. */
export function PlanView({ plan }: { plan: InstallPlanDetail }) {
  return (
    <div className="grid gap-3">
      <dl className="grid grid-cols-[96px_1fr] gap-x-3 gap-y-1">
        {plan.fetches.length > 0 && (
          <Fact name="Fetched">
            <ul>
              {plan.fetches.map(({ name, from, bytes: count }) => (
                <li key={name} className="wrap-anywhere">
                  {name}{' '}
                  <span className="text-ink-2">
                    {count === null ? '' : `${bytes(count)}, `}from {from}
                  </span>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Download">{plan.downloadBytes === null ? 'not known beforehand' : bytes(plan.downloadBytes)}</Fact>
        <Fact name="Disk">
          {plan.diskBytes === null ? 'not known beforehand' : `${bytes(plan.diskBytes)} at most`}
          {plan.freeBytes !== null && <span className="text-ink-2">, {bytes(plan.freeBytes)} free</span>}{' '}
          {!plan.fits && <StateWord tone="bad">it does not fit</StateWord>}
        </Fact>
        <Fact name="Time">
          {plan.seconds === null ? 'not known beforehand' : `about ${roughly(plan.seconds)}`}{' '}
          <span className="text-ink-2">{plan.secondsHow}</span>
        </Fact>
      </dl>
      {plan.commands.length > 0 && (
        <CodeBlock label="Commands that run" text={plan.commands.map(words => words.map(quoted).join(' ')).join('\n')} wrap="words" copy />
      )}
      {plan.steps.length > 0 && (
        <ol className="grid list-decimal gap-1 pl-5">
          {plan.steps.map(step => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {plan.page !== null && (
        <a href={plan.page} target="_blank" rel="noreferrer" className="wrap-anywhere">
          {plan.page}
        </a>
      )}
      {[...new Set(plan.notes)].map(note => (
        <p key={note} className="text-ink-2">
          {note}
        </p>
      ))}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

/** An estimate from 90 s on is said in whole minutes: seconds would promise what nobody knows. */
const roughly = (seconds: number) => duration((seconds < 90 ? Math.max(1, Math.round(seconds)) : Math.round(seconds / 60) * 60) * 1000)

/** As a shell would want it. */
export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
