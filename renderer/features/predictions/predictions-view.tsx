import RefreshCw from 'lucide-react/icons/refresh-cw'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { FailureCard } from '../../ui/failure-card'
import { Skeleton } from '../../ui/skeleton'
import { useTitle } from '../shared/title.store'
import type { Prediction } from '../../../electron/contract/predictions'
import { PredictionsTable } from './predictions-table'
import { load, usePredictions } from './predictions.store'
import { Scatter } from './scatter'
import { summaryOf } from './summary'

/** What was said of every run on this machine beside what it gave: anyone may check how far to trust an estimate. */
export function PredictionsView() {
  const { rows, failure } = usePredictions()
  useTitle('Predicted against measured', rows ? `${rows.length} ${rows.length === 1 ? 'run' : 'runs'} on this machine` : null)
  useEffect(() => void load(), [])
  if (failure !== null) {
    return (
      <div className="px-gut py-5">
        <FailureCard headline="The runs could not be read" explanation={failure} report="predictions">
          <Button icon={RefreshCw} onClick={() => void load()}>
            Try again
          </Button>
        </FailureCard>
      </div>
    )
  }
  if (rows === null) {
    return (
      <div className="px-gut py-5">
        <Skeleton width={320} />
      </div>
    )
  }
  if (rows.length === 0) {
    return (
      <EmptyState
        action={
          <Link href="/" className="underline">
            Back to the recommendation
          </Link>
        }
      >
        Nothing has been measured here yet. Each start measures its model once and stands here beside what was promised before.
      </EmptyState>
    )
  }
  const { predicted, median, within, firstTokens } = summaryOf(rows)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 px-gut py-5">
      <div className="flex flex-wrap items-start gap-8">
        <Scatter rows={rows} />
        <div className="grid max-w-[56ch] gap-2">
          {median === null ? (
            <p>No run was predicted from another one yet: engine tests and repeated runs do not count.</p>
          ) : (
            <p>{keptWords({ predicted, within, median })}</p>
          )}
          {firstTokens.predicted > 0 && <p>{firstTokenWords(firstTokens)}</p>}
          <p className="text-ink-2">
            A run corrects the estimates of other models on the same engine. Turn off what was measured while the machine was busy; delete
            what should not be kept.
          </p>
          <p>
            <Link href="/" className="underline">
              Back to the recommendation
            </Link>
          </p>
        </div>
      </div>
      <Runs rows={rows} />
    </div>
  )
}

/** Rows shown before somebody asks for the rest: the wrong ones stand first, so these are what a reader came for. */
const shownAtFirst = 50

function Runs({ rows }: { rows: readonly Prediction[] }) {
  const [all, setAll] = useState(false)
  const hidden = all ? 0 : Math.max(0, rows.length - shownAtFirst)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] justify-items-start gap-3">
      <PredictionsTable rows={hidden > 0 ? rows.slice(0, shownAtFirst) : rows} />
      {hidden > 0 && <Button onClick={() => setAll(true)}>{hidden === 1 ? 'Show the other run' : `Show the other ${hidden} runs`}</Button>}
    </div>
  )
}

function firstTokenWords({ predicted, within }: { predicted: number; within: number }): string {
  if (predicted === 1) return `The one first token that was predicted ${within === 1 ? 'came' : 'did not come'} within what was promised.`
  return `${within} of ${predicted} first tokens came within what was promised for their prompts.`
}

function keptWords({ predicted, within, median }: { predicted: number; within: number; median: number }): string {
  const off = `${median.toFixed(1)} %`
  if (predicted === 1)
    return `The one prediction was off by ${off}, and ${within === 1 ? 'kept' : 'did not keep'} to the range that was promised.`
  return `Of ${predicted} predictions half were off by ${off} or less; ${within} of ${predicted} kept to the range that was promised.`
}
