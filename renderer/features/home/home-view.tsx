import RefreshCw from 'lucide-react/icons/refresh-cw'
import { Link } from 'wouter'
import { Button } from '../../ui/button'
import { FailureCard } from '../../ui/failure-card'
import { ProvenanceKey } from '../../ui/provenance'
import { Skeleton } from '../../ui/skeleton'
import { StateWord } from '../../ui/state-word'
import { DecisionCard } from './decision-card'
import { GroundedText } from './grounded-text'
import { MachinePanel } from './machine-panel'
import { NeedForm } from './need-form'
import { NothingFound } from './nothing-found'
import { RecordedBanner } from './recorded-banner'
import { dispatch, shownDecision, useRecommend } from './recommend.store'
import { useDecide } from './use-decide'
import { WhatIfPanel } from './what-if-panel'

/** The machine, the need, and the decision that follows from both. */
export function HomeView() {
  useDecide()
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 px-gut py-5">
      <RecordedBanner />
      <div className="grid grid-cols-[minmax(0,400px)_minmax(0,1fr)] max-wide:grid-cols-[minmax(0,320px)_minmax(0,1fr)] max-narrow:grid-cols-1">
        <MachinePanel />
        <NeedForm />
      </div>
      <Tried />
      <Answer />
      <WhatIfPanel />
      <ProvenanceKey />
      <p className="text-12">
        <Link href="/predictions" className="underline">
          Predicted against measured on this machine
        </Link>
      </p>
    </div>
  )
}

/** After "Try it": what was changed by a button can be had back. */
function Tried() {
  const undo = useRecommend(store => store.undo)
  if (!undo) return null
  return (
    <p role="status" className="-my-2 flex items-center gap-3">
      <StateWord tone="info">What you want was changed to show this answer.</StateWord>
      <Button size="low" onClick={() => dispatch({ type: 'undone' })}>
        Undo
      </Button>
    </p>
  )
}

function Answer() {
  const { recommendation, computing, failure, shownRank, need } = useRecommend()
  if (failure) {
    return (
      <FailureCard headline="The recommendation could not be worked out" explanation={failure.message} report={failure.code}>
        {need && (
          <Button icon={RefreshCw} onClick={() => dispatch({ type: 'changed', change: {} })}>
            Try again
          </Button>
        )}
      </FailureCard>
    )
  }
  if (!recommendation) return <Waiting />
  const decision = shownDecision(recommendation, shownRank)
  // Without a decision they are what there is to say, and stand in its place.
  const shownNotes = decision || recommendation.need.runtime !== undefined ? recommendation.notes : []
  return (
    <>
      {decision ? (
        <DecisionCard recommendation={recommendation} decision={decision} computing={computing} />
      ) : (
        <NothingFound recommendation={recommendation} />
      )}
      {shownNotes.length > 0 && (
        <ul className="-mt-3 grid gap-1">
          {shownNotes.map(note => (
            <li key={note}>
              <StateWord tone="info">
                <span className="whitespace-normal">
                  <GroundedText text={note} grounds={recommendation.grounds} />
                </span>
              </StateWord>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** The frame of the decision in its final size. */
function Waiting() {
  return (
    <section role="status" aria-label="Working out a recommendation" className="rounded-2 border border-frame">
      <div className="grid gap-2 border-b border-line p-5">
        <Skeleton width={110} />
        <Skeleton width={480} height={20} />
        <Skeleton width={420} />
      </div>
      <div className="grid gap-6 p-5">
        <Skeleton width="100%" height={20} />
        {[520, 440, 360, 300, 260].map(width => (
          <Skeleton key={width} width={width} />
        ))}
      </div>
    </section>
  )
}
