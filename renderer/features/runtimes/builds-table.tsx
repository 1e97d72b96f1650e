import { useState } from 'react'
import type { BuildDetail, RuntimeDetail } from '../../../electron/contract/runtime-detail'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { Hint } from '../../ui/hint'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { act } from '../shared/notice.store'
import { RemovalDialog } from './removal-dialog'
import { backendWords, originWords, updateOffer } from './runtime-words'
import { UpdateDialog } from './update-dialog'

const freesHint =
  'Space on the disk that removing gives back. Files that another folder holds too, such as the package cache, are not counted: they stay.'

/** What is found or part of the app is not ours to remove. */
function freesWords({ origin, bytes: size }: BuildDetail): string {
  if (origin !== 'managed') return '–'
  return size === null ? 'measuring…' : bytes(size)
}

/** Every build of a runtime on this machine: where it is from, what removing it frees, whether it is used, and what can be done with it. */
export function BuildsTable({ runtime }: { runtime: RuntimeDetail }) {
  const [removing, setRemoving] = useState<string | null>(null)
  const [updating, setUpdating] = useState<string | null>(null)
  const { builds, rollbacks, title } = runtime
  if (builds.length === 0) {
    return (
      <p className="px-gut text-ink-2">None is on this machine. {runtime.offers.length > 0 ? 'What can be installed is below.' : ''}</p>
    )
  }
  const update = updateOffer(runtime)
  return (
    <>
      <Table label={`Builds of ${title}`}>
        <thead>
          <tr>
            <HeadCell className="pl-gut!">Build</HeadCell>
            <HeadCell>From</HeadCell>
            <HeadCell>Devices</HeadCell>
            <HeadCell number>
              <Hint text={freesHint}>Removing frees</Hint>
            </HeadCell>
            <HeadCell>Engine test</HeadCell>
            <HeadCell>Used by</HeadCell>
            <HeadCell number className="sticky right-0 pr-gut!">
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {builds.map(build => (
            <BuildRow key={build.id} build={build} several={builds.length > 1} onRemove={() => setRemoving(build.id)} />
          ))}
        </tbody>
      </Table>
      <div className="flex flex-wrap gap-2 px-gut pt-2">
        {update && (
          <Button size="low" onClick={() => setUpdating(update.id)}>
            Update to {update.version ?? update.title}…
          </Button>
        )}
        {rollbacks.map(({ kind, title: before }) => (
          <Button
            key={kind}
            size="low"
            title="Its build and its settings as they were before the last switch"
            onClick={() => void act(`${before} could not be brought back`, () => client.runtimes.rollback({ runtime: runtime.id, kind }))}
          >
            Back to {before}
          </Button>
        ))}
      </div>
      {removing !== null && <RemovalDialog build={removing} onClose={() => setRemoving(null)} />}
      {updating !== null && <UpdateDialog runtime={runtime} target={updating} onClose={() => setUpdating(null)} />}
    </>
  )
}

interface RowProps {
  build: BuildDetail
  several: boolean
  onRemove: () => void
}

function BuildRow({ build, several, onRemove }: RowProps) {
  const { id, title, warnings, active } = build
  return (
    <>
      <tr className="bg-surface hover:bg-hover">
        <RowHead className="h-9! max-w-96 min-w-56 pl-gut! whitespace-normal! max-wide:max-w-72">
          <span className="text-13 font-semibold wrap-anywhere" title={id}>
            {title}
          </span>
          {active && several && (
            <span className="ml-2 rounded-1 border border-edge px-1 py-px text-11 whitespace-nowrap">starts take this</span>
          )}
        </RowHead>
        <Cell className="max-w-72 truncate text-ink-2" title={[build.source, build.path, build.digest].filter(Boolean).join('\n')}>
          {originWords(build)}
          {build.source === null ? '' : `, ${build.source}`}
        </Cell>
        <Cell>{backendWords(build.backends) || '–'}</Cell>
        <Cell number>{freesWords(build)}</Cell>
        <Cell>
          <Proved build={build} />
        </Cell>
        <Cell>{build.usedBy.join(', ') || '–'}</Cell>
        <Cell number className="sticky right-0 bg-inherit pr-gut!">
          <Actions build={build} several={several} onRemove={onRemove} />
        </Cell>
      </tr>
      {warnings.map(warning => (
        <tr key={warning.kind}>
          <td colSpan={7} className="border-b border-line px-gut py-1.5 text-12" title={warning.source ?? undefined}>
            <StateWord tone="warn">
              <span className="whitespace-normal">{warning.text}</span>
            </StateWord>
          </td>
        </tr>
      ))}
    </>
  )
}

function Proved({ build: { proved } }: { build: BuildDetail }) {
  if (!proved) return <span className="text-ink-3">not asked yet</span>
  const whole = proved.right === proved.asked
  return (
    <span title={`asked ${new Date(proved.at).toLocaleString('en-GB')}`}>
      <StateWord tone={whole ? 'ok' : 'bad'}>
        {proved.right} of {proved.asked}
      </StateWord>
    </span>
  )
}

function Actions({ build, several, onRemove }: RowProps) {
  const { id, title } = build
  const mended = build.warnings.some(each => each.kind === 'files-changed') && build.repairable
  return (
    <span className="inline-flex items-center gap-1">
      {mended && (
        <Button
          size="low"
          aria-label={`Repair ${title}`}
          onClick={() => void act(`${title} could not be repaired`, () => client.runtimes.repair({ build: id }))}
        >
          Repair
        </Button>
      )}
      {several && !build.active && (
        <Button
          tone="quiet"
          size="low"
          aria-label={`Use ${title}`}
          onClick={() => void act(`${title} could not be chosen`, () => client.runtimes.use({ build: id }))}
        >
          Use
        </Button>
      )}
      {build.origin === 'managed' && (
        <Button
          tone="quiet"
          size="low"
          disabled={!build.removable}
          title={build.whyNotRemovable ?? undefined}
          aria-label={`Remove ${title}`}
          onClick={onRemove}
        >
          Remove…
        </Button>
      )}
    </span>
  )
}
