import { Link } from 'wouter'
import type { Recommendation } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { StateWord } from '../../ui/state-word'
import { useRuntimes } from '../shared/runtimes.store'
import { dispatch } from './recommend.store'

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
        <Ruled rejected={rejected} />
      ) : (
        <Named id={need.runtime ?? ''} title={title} why={rejected.map(each => each.why)} />
      )}
    </section>
  )
}

function Ruled({ rejected }: Pick<Recommendation, 'rejected'>) {
  return (
    <>
      <p className="text-ink-2">Every runtime was ruled out. A smaller context, fewer users or one must-have less may open a way.</p>
      <dl className="grid grid-cols-[160px_minmax(0,1fr)] gap-x-4 gap-y-1">
        {rejected.map(each => (
          <div key={each.runtime} className="contents">
            <dt>{each.title}</dt>
            <dd className="text-ink-2">{each.why}</dd>
          </div>
        ))}
      </dl>
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
