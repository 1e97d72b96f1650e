import { Link } from 'wouter'
import type { Recommendation } from '../../../electron/contract/decision'
import type { Need } from '../../../electron/contract/need'
import { Button } from '../../ui/button'
import { Disclosure } from '../../ui/disclosure'
import { StateWord } from '../../ui/state-word'
import { useRuntimes } from '../shared/runtimes.store'
import { GroundedText } from './grounded-text'
import { dispatch, tryNeed } from './recommend.store'

/** In place of a decision: why there is none, for every engine or for the one that was named, and what to do about it. */
export function NothingFound({ recommendation }: { recommendation: Recommendation }) {
  const { need, rejected } = recommendation
  const title = useRuntimes(store => store.runtimes?.find(runtime => runtime.id === need.runtime)?.title) ?? need.runtime
  return (
    <section aria-label="Recommendation" className="grid gap-3 rounded-2 border border-frame p-5">
      <h2 className="text-16">
        <StateWord tone="warn">
          {title === undefined ? 'Nothing can be recommended for this' : `${title} cannot be started for this`}
        </StateWord>
      </h2>
      {title === undefined ? (
        <Ruled recommendation={recommendation} />
      ) : (
        <Named id={need.runtime ?? ''} title={title} why={rejected.map(each => each.why)} />
      )}
    </section>
  )
}

/** What of a need narrows the choice, each with the button that takes it back; what was never asked for is not offered. */
function waysOut(need: Need): { text: string; change: Partial<Need> }[] {
  return [
    ...(need.model === null ? [] : [{ text: 'Let Roundhouse choose the model', change: { model: null } }]),
    ...(need.contextTokens === null ? [] : [{ text: 'Let it choose the context', change: { contextTokens: null } }]),
    ...(need.must.length === 0 ? [] : [{ text: 'Without the must-haves', change: { must: [] } }]),
    ...((need.abilities ?? []).length === 0 ? [] : [{ text: 'Whatever the model can do', change: { abilities: [] } }]),
    ...(need.users === 1 ? [] : [{ text: 'For one user', change: { users: 1 } }]),
  ]
}

function Ruled({ recommendation: { need, rejected, notes, grounds } }: { recommendation: Recommendation }) {
  const ways = waysOut(need)
  return (
    <>
      {notes.map(note => (
        <p key={note}>
          <GroundedText text={note} grounds={grounds} />
        </p>
      ))}
      {notes.length === 0 && <p>Every engine was ruled out.</p>}
      {ways.length > 0 && (
        <p className="flex flex-wrap gap-2">
          {ways.map(({ text, change }) => (
            <Button key={text} onClick={() => tryNeed(now => ({ ...now, ...change }))}>
              {text}
            </Button>
          ))}
        </p>
      )}
      {rejected.length > 0 && (
        <Disclosure summary={`why each of the ${rejected.length} engines was ruled out`}>
          <dl className="mt-2 grid grid-cols-[160px_minmax(0,1fr)] gap-x-4 gap-y-1">
            {rejected.map(each => (
              <div key={each.runtime} className="contents">
                <dt>{each.title}</dt>
                <dd className="text-ink-2">{each.why}</dd>
              </div>
            ))}
          </dl>
        </Disclosure>
      )}
    </>
  )
}

function Named({ id, title, why }: { id: string; title: string; why: readonly string[] }) {
  return (
    <>
      {why.map(text => (
        <p key={text}>{text}</p>
      ))}
      <div className="flex flex-wrap items-center gap-4">
        <Button onClick={() => dispatch({ type: 'changed', change: { runtime: undefined } })}>Let Roundhouse choose</Button>
        <Link href={`/runtimes/${encodeURIComponent(id)}`} className="quiet-link">
          What {title} needs, and how to attach one that runs elsewhere
        </Link>
      </div>
    </>
  )
}
