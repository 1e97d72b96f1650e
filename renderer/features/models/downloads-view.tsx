import ArrowDownToLine from 'lucide-react/icons/arrow-down-to-line'
import Pause from 'lucide-react/icons/pause'
import Play from 'lucide-react/icons/play'
import Trash2 from 'lucide-react/icons/trash-2'
import { Link } from 'wouter'
import type { Job } from '../../../electron/contract/job'
import type { Transfer } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { Button, buttonClasses } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { EmptyState } from '../../ui/empty-state'
import { bytes, duration, percent } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { Meter } from '../../ui/meter'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { useJobs } from '../shared/jobs.store'
import { useModels } from '../shared/models.store'
import { act } from '../shared/notice.store'
import { useTitle } from '../shared/title.store'
import { ActionsCell, ActionsHead } from './actions-cell'

/** What is coming, what waits to be gone on with, and what failed; over restarts too. */
export function DownloadsView() {
  const transfers = useModels(store => store.models?.transfers) ?? []
  const jobs = useJobs(store => store.jobs) ?? []
  const running = transfers.filter(({ state }) => state === 'running').length
  useTitle('Downloads', transfers.length === 0 ? null : `${running} running, ${transfers.length - running} waiting`)
  if (transfers.length === 0)
    return (
      <EmptyState
        action={
          <Link href="/models/hub" className={buttonClasses()}>
            Search the hub
          </Link>
        }
      >
        Nothing is coming. A download that is paused or fails waits here, and goes on where it stopped.
      </EmptyState>
    )
  return (
    <Table label="Downloads">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Model</HeadCell>
          <HeadCell>State</HeadCell>
          <HeadCell>Progress</HeadCell>
          <HeadCell number>Came</HeadCell>
          <HeadCell>Commit</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {transfers.map(transfer => (
          <Row key={transfer.id} transfer={transfer} job={jobs.find(({ id }) => id === transfer.job) ?? null} />
        ))}
      </tbody>
    </Table>
  )
}

/** While it runs its job knows best how far it is. */
function amountOf(transfer: Transfer, job: Job | null): { done: number; total: number | null } {
  const step = transfer.state === 'running' ? job?.steps.find(each => each.unit === 'bytes' && each.done !== null) : undefined
  return { done: step?.done ?? transfer.doneBytes, total: step?.total ?? transfer.totalBytes }
}

function Row({ transfer, job }: { transfer: Transfer; job: Job | null }) {
  const { id, state, artifact, repository, commit } = transfer
  const { done, total } = amountOf(transfer, job)
  const share = total === null || total === 0 ? null : Math.min(1, done / total)
  const rate = state === 'running' && job?.rate != null ? `${bytes(job.rate)}/s` : null
  const left = state === 'running' && job?.secondsLeft != null ? `${duration(job.secondsLeft * 1000)} left` : null
  return (
    <tr className="bg-surface hover:bg-hover">
      <RowHead className="h-9! pl-gut!">
        <span className="text-13 font-semibold">{repository}</span> <span className="text-ink-2">{artifact}</span>
      </RowHead>
      <Cell title={transfer.why ?? undefined}>
        <TransferState transfer={transfer} />
      </Cell>
      <Cell>
        <span className="inline-flex items-center gap-2">
          <Meter kind="progress" fraction={share} label={`Download of ${id}`} className="w-28" />
          <span className="text-ink-2">{[share === null ? null : percent(share), rate, left].filter(Boolean).join(', ')}</span>
        </span>
      </Cell>
      <Cell number>{total === null ? bytes(done) : `${bytes(done)} of ${bytes(total)}`}</Cell>
      <Cell className="text-ink-2">{commit === null ? '–' : commit.slice(0, 8)}</Cell>
      <ActionsCell>
        <Actions transfer={transfer} />
      </ActionsCell>
    </tr>
  )
}

function TransferState({ transfer: { state, why } }: { transfer: Transfer }) {
  if (state === 'running') return <StateWord tone="busy">Coming</StateWord>
  if (state === 'paused') return <StateWord tone="later">Paused</StateWord>
  return (
    <span className="inline-flex max-w-96 items-center gap-2">
      <StateWord tone="bad">Failed</StateWord>
      <span className="truncate text-ink-2">{why}</span>
    </span>
  )
}

function Actions({ transfer: { id, state, doneBytes } }: { transfer: Transfer }) {
  if (state === 'running')
    return (
      <Button
        size="low"
        icon={Pause}
        aria-label={`Pause ${id}`}
        onClick={() => void act('The download could not be paused', () => client.models.transfers.pause({ id }))}
      >
        Pause
      </Button>
    )
  return (
    <span className="inline-flex items-center gap-1">
      <Button
        size="low"
        icon={state === 'paused' ? Play : ArrowDownToLine}
        aria-label={`${state === 'paused' ? 'Go on with' : 'Try again'} ${id}`}
        onClick={() => void act('The download could not go on', () => client.models.transfers.resume({ id }))}
      >
        {state === 'paused' ? 'Go on' : 'Try again'}
      </Button>
      <Confirm
        question={`Delete ${bytes(doneBytes)} that came?`}
        word="Delete"
        onConfirm={() => void act('It could not be given up', () => client.models.transfers.discard({ id }))}
      >
        {ask => <IconButton icon={Trash2} size="low" label={`Give up ${id} and delete what came`} onClick={ask} />}
      </Confirm>
    </span>
  )
}
