import { memo } from 'react'
import { useLocation } from 'wouter'
import type { Generation, Pane } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { Meter } from '../../ui/meter'
import { runningShare, useJobs } from '../shared/jobs.store'
import { libraryName } from '../shared/model-words'
import { useModels } from '../shared/models.store'
import { useCompare } from './compare.store'
import { panesOf, waitsFor } from './selectors'
import { forgetStart, startFor, useStarts } from './starts.store'
import type { Target } from './targets'

interface Props {
  pane: Pane
  /** Of its newest answer; null when it has none. */
  state: Generation['state'] | null
  target: Target | null
  targets: readonly Target[]
}

/** What a pane says while it has nothing to show: what it waits for, or what would fill it. */
export const PaneHold = memo(function PaneHold({ pane, state, target, targets }: Props) {
  const jobId = useStarts(store => store.byPane[pane.id])
  if (jobId !== undefined) return <Starting paneId={pane.id} jobId={jobId} />
  if (state === 'waiting') return <Waiting paneId={pane.id} targets={targets} />
  if (pane.route === null)
    return <p className="max-w-[56ch] text-ink-2">This pane asks nothing yet. Its button above lists all that runs or could.</p>
  if (!target) return <NotRunning pane={pane} route={pane.route} />
  if (state !== null) return null
  return target.instance.engineTest ? <EngineTestWords /> : null
})

function EngineTestWords() {
  return (
    <p className="max-w-[56ch] text-ink-2">
      Engine test: it knows its answers by heart and proves that the engine works. Ask it “What is the capital of Portugal?” or “Who are
      you?”.
    </p>
  )
}

function Starting({ paneId, jobId }: { paneId: string; jobId: string }) {
  const [, navigate] = useLocation()
  const job = useJobs(store => store.jobs?.find(each => each.id === jobId))
  const step = job?.steps.find(each => each.state === 'running')
  const failed = job?.state === 'failed'
  return (
    <div className="grid max-w-[56ch] gap-2">
      <p className="font-semibold">{job?.title ?? 'Starting'}</p>
      <p className="text-ink-2">{failed ? (job.failure?.message ?? 'It did not start.') : (step?.title ?? 'Getting ready')}</p>
      {!failed && <Meter kind="progress" label="Progress of the start" fraction={job ? runningShare(job) : null} className="max-w-60" />}
      <p className="flex gap-2">
        <Button size="low" onClick={() => navigate(`/start/${jobId}`)}>
          {failed ? 'See why' : 'Watch it'}
        </Button>
        {failed && (
          <Button size="low" tone="quiet" onClick={() => forgetStart(paneId)}>
            Dismiss
          </Button>
        )}
      </p>
    </div>
  )
}

function Waiting({ paneId, targets }: { paneId: string; targets: readonly Target[] }) {
  const ahead = useCompare(store => waitsFor(store, paneId))
  const panes = useCompare(panesOf)
  const number = panes.findIndex(pane => pane.id === ahead) + 1
  if (ahead === null || number === 0) return <p className="text-ink-3">Asked; no word has come yet.</p>
  const theirs = devicesOfPane(panes, targets, ahead)
  const shared = devicesOfPane(panes, targets, paneId).find(device => theirs.includes(device))
  return (
    <div className="grid max-w-[56ch] gap-2">
      <p className="font-semibold">Waits for pane {number}</p>
      <p className="text-ink-2">
        {shared === undefined
          ? 'The panes are asked one after another.'
          : `Both want the ${shared}. Run side by side they would slow each other and the numbers would say nothing.`}
      </p>
    </div>
  )
}

function devicesOfPane(panes: readonly Pane[], targets: readonly Target[], paneId: string): readonly string[] {
  const route = panes.find(pane => pane.id === paneId)?.route
  return targets.find(target => target.route === route)?.devices ?? []
}

function NotRunning({ pane, route }: { pane: Pane; route: string }) {
  const [, navigate] = useLocation()
  const model = useModels(store => store.models?.library.find(each => route === each.id || route.startsWith(`${each.id}@`)))
  return (
    <div className="grid max-w-[56ch] justify-items-start gap-2">
      <p className="text-ink-2">
        <span className="wrap-anywhere text-ink">{route}</span> does not run now, so it cannot be asked.
        {model && model.state !== 'ready' && ` Its file is ${model.state}.`} Its button above lists what could be asked instead.
      </p>
      {model?.state === 'ready' ? (
        <Button size="low" onClick={() => void startFor(pane.id, model.id)}>
          Start {libraryName(model)}
        </Button>
      ) : (
        <Button size="low" onClick={() => navigate('/models')}>
          Look for it in Models
        </Button>
      )}
    </div>
  )
}
