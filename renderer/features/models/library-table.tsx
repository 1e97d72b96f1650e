import FolderSearch from 'lucide-react/icons/folder-search'
import Share2 from 'lucide-react/icons/share-2'
import Trash2 from 'lucide-react/icons/trash-2'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Instance } from '../../../electron/contract/instance'
import type { LibraryModel } from '../../../electron/contract/model'
import { bytes } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { useInstances } from '../shared/instances.store'
import { libraryName, parameterCount } from '../shared/model-words'
import { FetchProjector } from './fetch-projector'
import { ImportDialog } from './import-dialog'
import { ReachDialog } from './reach-dialog'
import { RemoveModelDialog } from './remove-model-dialog'
import { StartMenu } from './start-menu'
import { ActionsCell, ActionsHead } from './actions-cell'

/** The files that are on this machine. */
export function LibraryTable({ library }: { library: readonly LibraryModel[] }) {
  const instances = useInstances(store => store.instances)
  const [removing, setRemoving] = useState<LibraryModel | null>(null)
  const [reaching, setReaching] = useState<LibraryModel | null>(null)
  const [seeking, setSeeking] = useState<LibraryModel | null>(null)
  return (
    <>
      <Table label="On this machine">
        <thead>
          <tr>
            <HeadCell className="pl-gut!">Model</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell number>Parameters</HeadCell>
            <HeadCell>Quantisation</HeadCell>
            <HeadCell number>Size</HeadCell>
            <HeadCell>Origin</HeadCell>
            <HeadCell>Where</HeadCell>
            <HeadCell>Used by</HeadCell>
            <ActionsHead />
          </tr>
        </thead>
        <tbody>
          {library.map(model => (
            <Row
              key={model.id}
              model={model}
              users={usersOf(model, instances ?? [])}
              onReach={() => setReaching(model)}
              onSeek={() => setSeeking(model)}
              onRemove={() => setRemoving(model)}
            />
          ))}
        </tbody>
      </Table>
      {reaching && <ReachDialog model={reaching} onClose={() => setReaching(null)} />}
      {seeking && <ImportDialog missing={seeking} onClose={() => setSeeking(null)} />}
      {removing && <RemoveModelDialog model={removing} onClose={() => setRemoving(null)} />}
    </>
  )
}

const origins: Record<LibraryModel['origin'], string> = {
  bundled: 'part of the app',
  downloaded: 'downloaded',
  converted: 'converted',
  imported: 'imported',
}

function usersOf(model: LibraryModel, instances: readonly Instance[]): Instance[] {
  return instances.filter(each => each.model === model.id && !['stopped', 'failed'].includes(each.state.kind))
}

interface RowProps {
  model: LibraryModel
  users: readonly Instance[]
  onReach: () => void
  /** Says where a missing file lies now. */
  onSeek: () => void
  onRemove: () => void
}

function Row({ model, users, onReach, onSeek, onRemove }: RowProps) {
  const name = libraryName(model)
  const about = model.engineTest ? 'knows its answers by heart' : (model.facts?.architecture ?? '')
  return (
    <tr className="bg-surface hover:bg-hover">
      <RowHead className="h-9! max-w-96 truncate pl-gut! max-wide:max-w-52" title={`${model.title} ${about}`.trim()}>
        <span className="text-13 font-semibold">{model.title}</span> <span className="text-ink-2">{about}</span>
      </RowHead>
      <Cell>
        <ModelState model={model} />
      </Cell>
      <Cell number>{parameterCount(model.facts?.parameters ?? null)}</Cell>
      <Cell>{model.facts?.quantisation ?? model.artifactId ?? '–'}</Cell>
      <Cell number title={model.projector?.path ?? undefined}>
        {bytes(model.bytes)}
        <span className="text-ink-2">{imagesSize(model)}</span>
      </Cell>
      <Cell>{origins[model.origin]}</Cell>
      <Cell className="max-w-60 truncate max-wide:max-w-32 text-ink-2" title={model.path}>
        {model.path}
      </Cell>
      <Cell>
        {users.map((user, index) => (
          <span key={user.id}>
            {index > 0 && ', '}
            <Link href={`/running/${user.id}`} className="quiet-link">
              {user.id}
            </Link>
          </span>
        ))}
      </Cell>
      <ActionsCell>
        <Actions model={model} name={name} inUse={users.length > 0} onReach={onReach} onSeek={onSeek} onRemove={onRemove} />
      </ActionsCell>
    </tr>
  )
}

const imagesSize = ({ projector }: LibraryModel) => (projector?.bytes == null ? '' : ` + ${bytes(projector.bytes)}`)

function Actions({ model, name, inUse, onReach, onSeek, onRemove }: Omit<RowProps, 'users'> & { name: string; inUse: boolean }) {
  const ready = model.state === 'ready'
  return (
    <span className="inline-flex items-center gap-1">
      {ready && model.projector?.path === null && <FetchProjector model={model.id} name={name} />}
      {ready && <StartMenu model={model.id} name={name} />}
      {ready && !model.engineTest && <IconButton icon={Share2} size="low" label={`Where ${name} can be used`} onClick={onReach} />}
      {model.state === 'missing' && <IconButton icon={FolderSearch} size="low" label={`Say where ${name} is now`} onClick={onSeek} />}
      {model.origin !== 'bundled' && (
        <IconButton
          icon={Trash2}
          size="low"
          label={inUse ? `${name} is in use, stop it first` : `Remove ${name}`}
          disabled={inUse}
          onClick={onRemove}
        />
      )}
    </span>
  )
}

function ModelState({ model }: { model: LibraryModel }) {
  const words = { ready: 'Ready', missing: 'Missing', damaged: 'Damaged' } as const
  const blind = model.state === 'ready' ? (model.projector?.why ?? null) : null
  const why = model.why ?? blind
  return (
    <span title={why ?? undefined}>
      <StateWord tone={model.state !== 'ready' ? 'bad' : blind === null ? 'ok' : 'warn'}>
        {blind === null ? words[model.state] : 'Ready, text only'}
      </StateWord>
      {why !== null && <span className="sr-only">: {why}</span>}
    </span>
  )
}
