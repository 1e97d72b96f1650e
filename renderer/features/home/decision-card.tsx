import { Fragment } from 'react'
import type { Decision, Recommendation } from '../../../electron/contract/decision'
import { classes } from '../../ui/classes'
import { Mark } from '../../ui/mark'
import { StateWord } from '../../ui/state-word'
import { Alternatives } from './alternatives'
import { DecisionFacts } from './decision-facts'
import { DecisionFoot } from './decision-foot'
import { becauseOf, nounsOf } from './decision-words'
import { bestDecision, dispatch, leadDecision } from './recommend.store'
import { StartButtons } from './start-buttons'
import { startabilityOf } from './start-request'

interface Props {
  recommendation: Recommendation
  decision: Decision
  /** A newer answer is being worked out; this one stays readable meanwhile. */
  computing: boolean
}

/** The decision: three nouns, one sentence of reason, Start, the facts with their sources, the alternatives. */
export function DecisionCard({ recommendation, decision, computing }: Props) {
  const led = leadDecision(recommendation)?.rank === decision.rank
  const startability = startabilityOf(decision)
  return (
    <section aria-labelledby="h-decision" aria-busy={computing} className="rounded-2 border border-frame">
      <header className="flex items-center gap-6 border-b border-line p-5 max-wide:px-4 max-narrow:flex-wrap">
        <div className="min-w-0 flex-1">
          <p className="mb-0.5 flex min-h-4 items-center gap-1.5 text-12 text-ink-2">
            <Mark size={16} stroke={2} />
            {labelOf(recommendation, decision, led)}
            {!led && (
              <button type="button" className="quiet-link" onClick={() => dispatch({ type: 'shown', rank: null })}>
                {isBest(recommendation, leadDecision(recommendation)) ? 'back to the recommended' : 'back to what starts here'}
              </button>
            )}
            {recommendation.need.runtime !== undefined && <LetItChoose />}
            <span className={classes('transition-opacity', computing ? 'opacity-100 delay-300' : 'opacity-0')} role="status">
              {computing && <StateWord tone="busy">working it out again</StateWord>}
            </span>
          </p>
          <h2 id="h-decision" className="text-20 font-semibold tracking-[-0.015em] wrap-anywhere">
            <Nouns nouns={nounsOf(decision)} />
          </h2>
          <p className="text-ink-2">{becauseOf(decision)}</p>
          {decision.engineTest && <EngineTestNote />}
          {startability.kind !== 'start' && (
            <p className="mt-1">
              <StateWord tone="warn">
                <span className="whitespace-normal">
                  {startability.kind === 'cannot' ? 'Cannot be started now. ' : 'Does not fit. '}
                  {startability.why}
                </span>
              </StateWord>
            </p>
          )}
        </div>
        <StartButtons decision={decision} />
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)_316px] has-[.alternatives:empty]:grid-cols-1 max-wide:grid-cols-1">
        <DecisionFacts decision={decision} users={recommendation.need.users} />
        <Alternatives recommendation={recommendation} decision={decision} />
      </div>
      <DecisionFoot recommendation={recommendation} decision={decision} />
    </section>
  )
}

/** Nouns joined by pale plus signs. */
export function Nouns({ nouns }: { nouns: readonly string[] }) {
  return nouns.map((noun, index) => (
    <Fragment key={noun}>
      {index > 0 && ' '}
      {index > 0 && <span className="font-normal text-ink-3">+</span>}
      {index > 0 && ' '}
      {noun}
    </Fragment>
  ))
}

function EngineTestNote() {
  return (
    <p className="mt-1">
      <StateWord tone="info">
        <span className="whitespace-normal">
          An engine test: a tiny model that knows its answers by heart. It proves that the engine works here; it is not a model to talk to.
        </span>
      </StateWord>
    </p>
  )
}

/** Back from an engine that the person named to what the rules say. */
export function LetItChoose() {
  return (
    <button type="button" className="quiet-link" onClick={() => dispatch({ type: 'changed', change: { runtime: undefined } })}>
      let Roundhouse choose
    </button>
  )
}

function labelOf(recommendation: Recommendation, decision: Decision, led: boolean): string {
  if (led && recommendation.need.runtime !== undefined) return 'On the engine you named'
  if (isBest(recommendation, decision)) return led ? 'Recommended' : 'Best for this machine, not to be had from here'
  if (!led) return `Number ${decision.rank} of ${recommendation.decisions.length}`
  return decision.startable.now ? 'Can be started now' : 'The best that can be had from here'
}

function isBest(recommendation: Recommendation, decision: Decision | null): boolean {
  return bestDecision(recommendation)?.rank === decision?.rank
}
