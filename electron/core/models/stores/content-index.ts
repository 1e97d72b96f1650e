import { createHash } from 'node:crypto'
import type { Duplicate, StoredModel } from '../../../contract/model-store'

type File = StoredModel['files'][number]

/** Below this a second copy is not worth looking for. */
export const leastBytes = 16 * 1024 * 1024

/** The models with every hash that can be had for nothing: names of one file share the hash of any of them. */
export function withSharedHashes(models: readonly StoredModel[]): StoredModel[] {
  const known = new Map(
    models.flatMap(({ files }) => files.flatMap(({ inode, sha256 }) => (sha256 === null ? [] : [[inode, sha256] as const]))),
  )
  return models.map(model => ({
    ...model,
    files: model.files.map(file => ({ ...file, sha256: file.sha256 ?? known.get(file.inode) ?? null })),
  }))
}

/** Files worth hashing: another file of the same size lies elsewhere, and one of the two has no hash yet. */
export function filesToHash(models: readonly StoredModel[], least = leastBytes): File[] {
  const bySize = new Map<number, Map<string, File>>()
  for (const file of models.flatMap(({ files }) => files)) {
    if (file.bytes < least) continue
    const same = bySize.get(file.bytes) ?? new Map<string, File>()
    same.set(file.inode, file)
    bySize.set(file.bytes, same)
  }
  return [...bySize.values()].flatMap(same => (same.size < 2 ? [] : [...same.values()].filter(({ sha256 }) => sha256 === null)))
}

/**
 * Models whose files have the same content, file by file. What links would save is the size times the further places where
 * the content really lies twice; names of one file cost nothing already.
 */
export function duplicatesOf(models: readonly StoredModel[], least = leastBytes): Duplicate[] {
  const groups = new Map<string, StoredModel[]>()
  for (const model of models) {
    const key = contentKey(model)
    if (key === null || model.bytes < least) continue
    groups.set(key, [...(groups.get(key) ?? []), model])
  }
  return [...groups]
    .filter(([, copies]) => copies.length > 1)
    .map(([id, copies]) => {
      const places = new Set(copies.map(({ files }) => files.map(({ inode }) => inode).join(' ')))
      const bytes = copies[0]?.bytes ?? 0
      return { id, name: shortestName(copies), bytes, copies: copies.map(copy => copy.id), savingBytes: bytes * (places.size - 1) }
    })
    .sort((a, b) => b.savingBytes - a.savingBytes || a.name.localeCompare(b.name))
}

/** Equal for equal content; null while a hash is missing, or where parts are. */
function contentKey({ files, why }: StoredModel): string | null {
  if (why !== null || files.length === 0 || files.some(({ sha256 }) => sha256 === null)) return null
  return createHash('sha256')
    .update(files.map(({ sha256 }) => sha256).join(' '))
    .digest('hex')
    .slice(0, 16)
}

const shortestName = (models: readonly StoredModel[]) =>
  models.map(({ name }) => name).sort((a, b) => a.length - b.length || a.localeCompare(b))[0] ?? ''
