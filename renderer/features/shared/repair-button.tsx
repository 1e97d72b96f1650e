import Wrench from 'lucide-react/icons/wrench'
import { useState } from 'react'
import type { Job } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { Button, type ButtonLook } from '../../ui/button'
import { StateWord } from '../../ui/state-word'
import { useJobs } from './jobs.store'
import { act } from './notice.store'

/** Build that has to be repaired before the job can be tried again; null when that is not why it failed. */
export const buildToRepair = ({ state, failure }: Job): string | null =>
  state === 'failed' && failure?.code === 'build-changed' ? (failure.subject ?? null) : null

/** Installs the build again that a failed job found changed, and says when that is done. Nothing for other failures. */
export function RepairButton({ job, size, tone }: { job: Job } & ButtonLook) {
  const [repairId, setRepairId] = useState<string | null>(null)
  const repair = useJobs(store => store.jobs?.find(each => each.id === repairId)?.state ?? null)
  const build = buildToRepair(job)
  if (build === null) return null
  if (repair === 'done') return <StateWord tone="ok">Repaired, try again</StateWord>
  async function mend(id: string) {
    const started = await act(`${id} could not be repaired`, () => client.runtimes.repair({ build: id }))
    if (started) setRepairId(started.id)
  }
  const busy = repair === 'running'
  return (
    <Button icon={Wrench} size={size} tone={tone} disabled={busy} aria-label={`Repair ${build}`} onClick={() => void mend(build)}>
      {busy ? 'Repairing' : 'Repair'}
    </Button>
  )
}
