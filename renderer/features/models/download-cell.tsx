import ArrowDownToLine from 'lucide-react/icons/arrow-down-to-line'
import RefreshCw from 'lucide-react/icons/refresh-cw'
import X from 'lucide-react/icons/x'
import type { Job } from '../../../electron/contract/job'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { bytes, duration, percent } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { Meter } from '../../ui/meter'
import { runningShare } from '../shared/jobs.store'
import { act } from '../shared/notice.store'
import { sourceWord, type ArtifactRow } from './catalogue-rows'
import { StartMenu } from './start-menu'

/** What can be done with a file of the catalogue now: start it, fetch it, watch it come, try again. */
export function DownloadCell({ row, name }: { row: ArtifactRow; name: string }) {
  const download = () => void act(`${name} could not be downloaded`, () => client.models.download({ id: row.id }))
  if (row.libraryId !== null) return <StartMenu model={row.libraryId} name={name} />
  if (row.job?.state === 'running') return <Running job={row.job} name={name} />
  const failed = row.job?.state === 'failed' ? row.job : null
  return (
    <span className="inline-flex items-center gap-2">
      {failed && (
        <span className="max-w-60 truncate text-bad" title={failed.failure?.message}>
          {failed.failure?.message ?? 'It failed.'}
        </span>
      )}
      {failed ? (
        <Button
          size="low"
          icon={RefreshCw}
          aria-label={`Retry the download of ${name}`}
          onClick={() => void act(`${name} could not be downloaded`, () => client.jobs.retry({ id: failed.id }))}
        >
          Retry
        </Button>
      ) : (
        <Button
          size="low"
          icon={ArrowDownToLine}
          disabled={row.source === null}
          aria-label={`Download ${name}`}
          title={
            row.source === null ? (row.why ?? undefined) : `${bytes(row.bytes ?? row.reckonedBytes)} to fetch, from ${sourceWord(row)}`
          }
          onClick={download}
        >
          Download
        </Button>
      )}
    </span>
  )
}

/** A transfer that runs: how far, how fast, how long still, and the way out. */
function Running({ job, name }: { job: Job; name: string }) {
  const share = runningShare(job)
  const left = job.secondsLeft === null ? null : `${duration(job.secondsLeft * 1000)} left`
  const rate = job.rate === null ? null : `${bytes(job.rate)}/s`
  const words = [share === null ? (job.steps.find(each => each.state === 'running')?.title ?? 'Waiting') : percent(share), rate, left]
  return (
    <span className="inline-flex items-center gap-2">
      <span className="text-ink-2">{words.filter(Boolean).join(', ')}</span>
      <Meter kind="progress" fraction={share} label={`Download of ${name}`} className="w-20" />
      <IconButton
        icon={X}
        size="low"
        label={`Cancel the download of ${name}`}
        onClick={() => void act('The download could not be cancelled', () => client.jobs.cancel({ id: job.id }))}
      />
    </span>
  )
}
