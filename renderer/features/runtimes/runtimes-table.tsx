import { memo } from 'react'
import { Link } from 'wouter'
import type { Job } from '../../../electron/contract/job'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { percent } from '../../ui/format'
import { Meter } from '../../ui/meter'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { runningShare } from '../shared/jobs.store'
import { RuntimeAction } from './runtime-action'
import { buildsWords, byVerdict, jobOf, rowAction, stateWords, verdictWords } from './runtime-words'

interface Props {
  runtimes: readonly RuntimeDetail[]
  jobs: readonly Job[]
  /** Runtime of the recommended stack. */
  recommended: string | null
}

/** The columns that give way where the window is small or the page is enlarged: what decides stays in sight. */
const wideOnly = 'max-wide:hidden'
const roomyOnly = 'max-narrow:hidden'

/** One row a runtime: what it is for, whether it runs here and why not, its builds, its state and the one action. */
export function RuntimesTable({ runtimes, jobs, recommended }: Props) {
  const { can, cannot } = byVerdict(runtimes)
  const row = (runtime: RuntimeDetail) => (
    <Row key={runtime.id} runtime={runtime} job={jobOf(runtime, jobs)} recommended={runtime.id === recommended} />
  )
  return (
    <Table label="Runtimes">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Runtime</HeadCell>
          <HeadCell className={wideOnly}>For</HeadCell>
          <HeadCell>On this machine</HeadCell>
          <HeadCell className={roomyOnly}>Builds</HeadCell>
          <HeadCell className={roomyOnly}>State</HeadCell>
          <HeadCell number className="sticky right-0 pr-gut!">
            <span className="sr-only">Action</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>{can.map(row)}</tbody>
      {cannot.length > 0 && (
        <tbody>
          <tr>
            <th scope="rowgroup" colSpan={6} className="h-8 border-b border-line bg-sunken px-gut text-left font-normal text-ink-2">
              Not on this machine
            </th>
          </tr>
          {cannot.map(row)}
        </tbody>
      )}
    </Table>
  )
}

const Row = memo(function Row({ runtime, job, recommended }: { runtime: RuntimeDetail; job: Job | null; recommended: boolean }) {
  const verdict = verdictWords(runtime.verdict)
  return (
    <tr className="bg-surface hover:bg-hover">
      <RowHead className="h-9! py-1.5 pl-gut!">
        <Link href={`/runtimes/${runtime.id}`} className="text-13 font-semibold no-underline hover:underline">
          {runtime.title}
        </Link>
        {recommended && <span className="ml-2 rounded-1 border border-accent-edge px-1 py-px text-11">recommended</span>}{' '}
        <span className="block max-w-72 text-12 whitespace-normal text-ink-2 wide:hidden">{runtime.purpose}</span>
      </RowHead>
      <Cell className={`max-w-72 min-w-56 py-1 whitespace-normal! text-ink-2 ${wideOnly}`}>{runtime.purpose}</Cell>
      <Cell className="max-w-96 min-w-48 py-1 whitespace-normal!" title={verdict.about}>
        {verdict.tone !== 'bad' && <StateWord tone={verdict.tone}>{verdict.word}</StateWord>}{' '}
        <span className="text-ink-2">{verdict.about}</span>
      </Cell>
      <Cell className={`max-w-56 truncate ${roomyOnly}`} title={runtime.builds.map(each => each.title).join('\n')}>
        {buildsWords(runtime.builds)}
      </Cell>
      <Cell className={roomyOnly}>
        <State runtime={runtime} job={job} />
      </Cell>
      <Cell number className="sticky right-0 bg-inherit pr-gut!">
        {(runtime.verdict.can || rowAction(runtime) !== 'why') && <RuntimeAction runtime={runtime} tone={recommended ? 'go' : 'plain'} />}
      </Cell>
    </tr>
  )
})

function State({ runtime, job }: { runtime: RuntimeDetail; job: Job | null }) {
  if (job?.state === 'failed') {
    return (
      <span title={job.failure?.message}>
        <StateWord tone="bad">failed</StateWord>
      </span>
    )
  }
  if (job) {
    const share = runningShare(job)
    return (
      <span className="inline-flex items-center gap-2 text-ink-2">
        <Meter kind="progress" fraction={share} label={job.title} className="w-16" />
        {share === null ? (job.steps.find(each => each.state === 'running')?.title ?? 'waiting') : percent(share)}
      </span>
    )
  }
  const { tone, word, about } = stateWords(runtime)
  if (tone === 'info') return <span className="text-ink-2">{word}</span>
  return (
    <span title={about}>
      <StateWord tone={tone}>{word}</StateWord>
    </span>
  )
}
