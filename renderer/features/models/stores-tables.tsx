import X from 'lucide-react/icons/x'
import type { StoredModel, StoresSnapshot } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { IconButton } from '../../ui/icon-button'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { act } from '../shared/notice.store'
import { actUndoably } from '../shared/undo.store'
import { StartMenu } from './start-menu'
import { ActionsCell, ActionsHead } from './actions-cell'

const leaveOut = (folder: string) =>
  actUndoably('It could not be left out', {
    text: `${folder} is left out; nothing in it changed.`,
    action: () => client.models.stores.removeFolder({ folder }),
    undo: () => client.models.stores.addFolder({ folder }),
  })

/** The folders that were looked through. */
export function StoreTable({ stores: { stores } }: { stores: StoresSnapshot }) {
  return (
    <Table label="Stores">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Store</HeadCell>
          <HeadCell>Folder</HeadCell>
          <HeadCell number>Models</HeadCell>
          <HeadCell number>On the disk</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {stores.map(({ id, title, folder, kind, models, bytes: size, why }) => (
          <tr key={id} className="bg-surface hover:bg-hover">
            <RowHead className="h-9! pl-gut!">
              <span className="text-13 font-semibold">{kind === 'added' ? 'Added folder' : title}</span>
            </RowHead>
            <Cell className="max-w-96 truncate text-ink-2" title={why ?? folder}>
              {folder}
              {why !== null && <span className="text-warn"> {why}</span>}
            </Cell>
            <Cell number>{models}</Cell>
            <Cell number>{bytes(size)}</Cell>
            <ActionsCell>
              {kind === 'added' && (
                <IconButton
                  icon={X}
                  size="low"
                  label={`Leave ${folder} out; nothing in it changes`}
                  onClick={() => void leaveOut(folder)}
                />
              )}
            </ActionsCell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** Every model in them, to be used where it lies. */
export function ModelTable({ models, stores }: { models: readonly StoredModel[]; stores: StoresSnapshot }) {
  return (
    <Table label="Models in the stores">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Model</HeadCell>
          <HeadCell>Store</HeadCell>
          <HeadCell>Format</HeadCell>
          <HeadCell number>Size</HeadCell>
          <HeadCell>Where</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {models.map(model => (
          <tr key={model.id} className="bg-surface hover:bg-hover">
            <RowHead className="h-9! pl-gut!">
              <span className="text-13 font-semibold">{model.name}</span>{' '}
              {model.commit !== null && <span className="text-ink-2">{model.commit.slice(0, 8)}</span>}
            </RowHead>
            <Cell>{stores.stores.find(({ id }) => id === model.store)?.title ?? model.store}</Cell>
            <Cell>{model.format}</Cell>
            <Cell number>{bytes(model.bytes)}</Cell>
            <Cell className="max-w-60 truncate text-ink-2" title={model.path}>
              {model.path}
            </Cell>
            <ActionsCell>
              <ModelAction model={model} />
            </ActionsCell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function ModelAction({ model: { id, name, why, libraryId } }: { model: StoredModel }) {
  if (why !== null) return <StateWord tone="bad">{why}</StateWord>
  if (libraryId !== null) return <StartMenu model={libraryId} name={name} />
  return (
    <Button
      size="low"
      aria-label={`Use ${name} where it lies`}
      onClick={() => void act(`${name} could not be used`, () => client.models.stores.use({ id }))}
    >
      Use it here
    </Button>
  )
}
