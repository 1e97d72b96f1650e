import type { Decision } from '../../../electron/contract/decision'
import { client } from '../../client/client'
import { act } from '../shared/notice.store'
import { keepStarted } from './started.store'
import { startRequestOf, type StartChanges } from './start-request'

/** Starts a decision and shows its sequence; a refusal is told over the page. */
export async function startAndShow(decision: Decision, changes: StartChanges, navigate: (path: string) => void): Promise<void> {
  const job = await act(`${decision.modelTitle} could not be started`, () => client.instances.start(startRequestOf(decision, changes)))
  if (!job) return
  keepStarted(job.id, decision)
  navigate(`/start/${job.id}`)
}
