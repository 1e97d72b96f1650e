import Undo2 from 'lucide-react/icons/undo-2'
import type { Duplicate, Linked, StoresSnapshot } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { bytes } from '../../ui/format'
import { StateWord } from '../../ui/state-word'
import { Cell, HeadCell, RowHead, Table } from '../../ui/table'
import { act } from '../shared/notice.store'
import { ActionsCell, ActionsHead } from './actions-cell'

/** Weights that lie in several places, with what one place would save. */
export function Duplicates({ stores, onLink }: { stores: StoresSnapshot; onLink: (duplicate: Duplicate) => void }) {
  const { duplicates, models, unhashedBytes } = stores
  if (duplicates.length === 0)
    return (
      <p className="px-gut text-ink-2">
        {unhashedBytes > 0
          ? 'Files of equal size were found; comparing them tells whether they are the same.'
          : 'No weights lie here twice.'}
      </p>
    )
  const storeOf = (id: string) => models.find(model => model.id === id)?.store ?? id
  return (
    <Table label="Duplicates">
      <thead>
        <tr>
          <HeadCell className="pl-gut!">Model</HeadCell>
          <HeadCell number>Size</HeadCell>
          <HeadCell>Where</HeadCell>
          <HeadCell>Saving</HeadCell>
          <ActionsHead />
        </tr>
      </thead>
      <tbody>
        {duplicates.map(duplicate => (
          <tr key={duplicate.id} className="bg-surface hover:bg-hover">
            <RowHead className="h-9! pl-gut!">
              <span className="text-13 font-semibold">{duplicate.name}</span>
            </RowHead>
            <Cell number>{bytes(duplicate.bytes)}</Cell>
            <Cell className="text-ink-2" title={duplicate.copies.join('\n')}>
              {[...new Set(duplicate.copies.map(storeOf))].map(id => stores.stores.find(each => each.id === id)?.title ?? id).join(', ')}
            </Cell>
            <Cell>
              {duplicate.savingBytes > 0 ? (
                <StateWord tone="warn">{bytes(duplicate.savingBytes)} could be saved</StateWord>
              ) : (
                <StateWord tone="ok">one file already</StateWord>
              )}
            </Cell>
            <ActionsCell>
              {duplicate.savingBytes > 0 && (
                <Button size="low" aria-label={`Link the copies of ${duplicate.name}`} onClick={() => onLink(duplicate)}>
                  Link…
                </Button>
              )}
            </ActionsCell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const done: Record<Linked['kind'], string> = {
  replaced: 'copies became links to one file',
  placed: 'a further name was put into a store',
  referenced: 'our copy went, and the other is used',
}

/** What was linked, each with the way back. */
export function Links({ links }: { links: readonly Linked[] }) {
  return (
    <>
      <h2 className="px-gut pt-5 pb-2">What was linked</h2>
      <ul className="px-gut">
        {links.map(({ id, name, kind, savedBytes, files }) => (
          <li key={id} className="flex min-h-8 flex-wrap items-center gap-x-3" title={files.map(({ path }) => path).join('\n')}>
            <span className="font-semibold">{name}</span>
            <span className="text-ink-2">
              {done[kind]}, {bytes(savedBytes)} {kind === 'placed' ? 'not copied' : 'saved'}
            </span>
            <Button
              size="low"
              tone="quiet"
              icon={Undo2}
              aria-label={`Undo the link of ${name}`}
              onClick={() => void act('It could not be undone', () => client.models.stores.undo({ id }))}
            >
              Undo
            </Button>
          </li>
        ))}
      </ul>
    </>
  )
}
