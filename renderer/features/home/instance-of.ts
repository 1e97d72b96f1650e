import type { Instance } from '../../../electron/contract/instance'
import type { Job } from '../../../electron/contract/job'
import { isEngineTestRun } from '../shared/engine-test-run'

/** The instance of a start: its result once it is done, before that the youngest one made since by this request. */
export function instanceOf(job: Job, instances: readonly Instance[]): Instance | undefined {
  if (job.result !== null) return instances.find(instance => instance.id === job.result)
  return instances.findLast(instance => instance.startedAt >= job.startedAt && !instance.adopted && !isEngineTestRun(instance))
}
