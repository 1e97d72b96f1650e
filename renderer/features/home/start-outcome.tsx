import Columns2 from 'lucide-react/icons/columns-2'
import MessageSquare from 'lucide-react/icons/message-square'
import { useLocation } from 'wouter'
import type { Decision } from '../../../electron/contract/decision'
import type { Instance } from '../../../electron/contract/instance'
import type { Job } from '../../../electron/contract/job'
import { sentenceOf } from '../../client/failure'
import { Button } from '../../ui/button'
import { CopyButton } from '../../ui/copy-button'
import { FailureCard } from '../../ui/failure-card'
import { AutopsyCard, autopsyOf } from '../shared/autopsy-card'
import { useGateway } from '../shared/gateway.store'
import { useInstances } from '../shared/instances.store'
import { buildToRepair, RepairButton } from '../shared/repair-button'
import { engineTitle, modelTitle } from './decision-words'
import { EngineTestDownload } from './engine-test-download'
import { instanceOf } from './instance-of'
import { expectedOf } from './verdict-rows'
import { VerdictCard } from './verdict-card'

interface Props {
  job: Job
  decision: Decision | null
}

/** Beside the sequence: the verdict, waiting or filled, or why there is none. */
export function StartOutcome({ job, decision }: Props) {
  const instances = useInstances(store => store.instances)
  const instance = instanceOf(job, instances ?? []) ?? null
  return (
    <div className="grid min-w-0 gap-5">
      {job.state === 'failed' ? <Explained job={job} instance={instance} /> : <Verdict job={job} decision={decision} instance={instance} />}
    </div>
  )
}

function Explained({ job, instance }: { job: Job; instance: Instance | null }) {
  const autopsy = instance && autopsyOf(instance)
  // What an earlier attempt died of does not matter while the build itself is refused.
  return instance && autopsy && buildToRepair(job) === null ? (
    <AutopsyCard instance={instance} autopsy={autopsy} />
  ) : (
    <JobFailure job={job} />
  )
}

function Verdict({ job, decision, instance }: Props & { instance: Instance | null }) {
  // What it was started with is what Predictions compares too: the file's own header says more than the catalogue did.
  const source = instance?.proof && instance.speedEstimate ? instance : (decision ?? instance)
  const engineTest = source?.engineTest ?? false
  return (
    <>
      <VerdictCard
        title={titleOf(job, instance ?? decision)}
        expected={source && expectedOf(source)}
        instance={instance}
        later={job.state === 'cancelled' ? 'Cancelled' : `After step ${job.steps.length}`}
      >
        {instance?.proof && <NextSteps instance={instance} engineTest={engineTest} />}
      </VerdictCard>
      {engineTest && <EngineTestDownload />}
    </>
  )
}

function titleOf(job: Job, source: Instance | Decision | null): string {
  if (!source) return job.title
  if ('rank' in source) return `${engineTitle(source)} + ${modelTitle(source)}`
  return `${source.buildTitle} + ${source.modelTitle}`
}

function JobFailure({ job }: { job: Job }) {
  const failed = job.steps.find(step => step.state === 'failed')
  const isGone = job.failure?.code === 'model-missing'
  const [, navigate] = useLocation()
  const tail = job.log.slice(-6).map(line => line.text)
  return (
    <FailureCard
      headline={isGone ? 'The file of the model is gone' : failed ? `${failed.title} failed` : 'It did not start'}
      explanation={job.failure && sentenceOf(job.failure)}
      lines={tail}
      report={job.failure?.code ?? ''}
    >
      {buildToRepair(job) !== null && <RepairButton job={job} tone="go" />}
      {isGone && <Button onClick={() => navigate('/models')}>Look for it in Models</Button>}
    </FailureCard>
  )
}

function NextSteps({ instance, engineTest }: { instance: Instance; engineTest: boolean }) {
  const [, navigate] = useLocation()
  const address = useGateway(store => store.gateway?.address ?? null)
  const others = useInstances(store => store.instances?.filter(each => each.state.kind === 'ready').length ?? 0) > 1
  return (
    <div className="flex flex-wrap gap-2">
      <Button tone={engineTest ? 'plain' : 'go'} icon={MessageSquare} onClick={() => navigate(`/compare/new/${instance.id}`)}>
        {engineTest ? 'Ask it something it knows' : 'Chat'}
      </Button>
      {others && (
        <Button icon={Columns2} onClick={() => navigate('/compare/new')}>
          Compare with the others that run
        </Button>
      )}
      {address !== null && <CopyButton text={address} label="Copy the address for an editor" tone="plain" size="normal" />}
    </div>
  )
}
