import { basename, dirname } from 'node:path'
import type { Duplicate, LinkPreview, ModelStore, StoredModel } from '../../../contract/model-store'

export type LinkWish = { keep: string; replace: readonly string[] }
export type Known = { models: readonly StoredModel[]; stores: readonly ModelStore[]; duplicates: readonly Duplicate[] }

const no = (name: string, why: string): LinkPreview => ({ kind: 'replaced', name, savedBytes: 0, steps: [], why })
const deviceOf = (inode: string) => inode.split(':')[0]

/**
 * What would be done so that copies share the place of one of them: on the same disk a copy becomes a hard link; on another
 * disk only a copy of ours can go, and its row of the library then points to the other's file. Nothing is done here.
 */
export function previewLink({ keep, replace }: LinkWish, { models, stores, duplicates }: Known): LinkPreview {
  const group = duplicates.find(({ copies }) => copies.includes(keep))
  const keeper = models.find(({ id }) => id === keep)
  if (!group || !keeper) return no(keep, 'It is not one of several copies, or the stores have changed: look again')
  const copies = replace.map(id => models.find(model => model.id === id))
  if (copies.some(copy => copy === undefined || copy.id === keep || !group.copies.includes(copy.id)))
    return no(group.name, 'One of the copies is not of the same content')
  const present = copies.filter(copy => copy !== undefined)
  const elsewhere = present.filter(copy => !sameDisk(copy, keeper))
  if (elsewhere.length === 0) return replacing(group, keeper, { copies: present, stores })
  const [only] = elsewhere
  const owner = stores.find(({ id }) => id === only?.store)
  if (present.length === 1 && only && owner?.kind === 'own' && only.libraryId !== null) return referencing(group, keeper, only)
  return no(group.name, 'They lie on different disks, which a hard link cannot span, and the copy is not one of ours to delete')
}

const sameDisk = (a: StoredModel, b: StoredModel) =>
  a.files.every((file, index) => deviceOf(file.inode) === deviceOf(b.files[index]?.inode ?? ''))

type Copies = { copies: readonly StoredModel[]; stores: readonly ModelStore[] }

function replacing(group: Duplicate, keeper: StoredModel, { copies, stores }: Copies): LinkPreview {
  const steps = copies.flatMap(copy =>
    copy.files.flatMap((file, index) => {
      const kept = keeper.files[index]
      if (!kept || kept.inode === file.inode) return []
      const owner = stores.find(({ id }) => id === copy.store)?.title ?? copy.store
      const does = `becomes a hard link to ${basename(kept.path)} in ${dirname(kept.path)}`
      return [{ path: file.path, keeper: kept.path, bytes: file.bytes, owner, does }]
    }),
  )
  const unique = [...new Map(steps.map(step => [step.path, step])).values()]
  if (unique.length === 0) return no(group.name, 'They are one file already')
  return { kind: 'replaced', name: group.name, savedBytes: unique.reduce((sum, { bytes }) => sum + bytes, 0), steps: unique, why: null }
}

function referencing(group: Duplicate, keeper: StoredModel, ours: StoredModel): LinkPreview {
  const steps = ours.files.map((file, index) => ({
    ...{ path: file.path, keeper: keeper.files[index]?.path ?? '', bytes: file.bytes, owner: 'Roundhouse' },
    does: 'our copy is deleted, and the library uses the other file where it lies',
  }))
  return { kind: 'referenced', name: group.name, savedBytes: ours.bytes, steps, why: null }
}
