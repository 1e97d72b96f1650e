import { join, posix } from 'node:path'
import { partsOf } from './common-gguf-parts'
import type { FoundModel, ListedFile, StoreListing } from './common-model-store'

const pickles = /\.(bin|pt|pth|ckpt|pkl|pickle|joblib|h5|keras)$/i
const helper = /mmproj|imatrix|[-_.]lora[-_.]/i

export type Naming = {
  /** What a person knows the model by, from its path within the folder. */
  name(path: string): string
  sha256?(file: ListedFile): string | null
  commit?(path: string): string | null
}

/** Text files that tell of a folder of safetensors: its description, and the list of its shards. */
export const folderTexts = /(^|\/)(config\.json|model\.safetensors\.index\.json)$/

/** Every GGUF (with its parts) and every folder of safetensors below a folder. */
export function readModelFolder(listing: StoreListing, naming: Naming): FoundModel[] {
  const byPath = new Map(listing.files.map(file => [file.path, file]))
  return [...ggufModels(listing, byPath, naming), ...folderModels(listing, naming)]
}

function ggufModels({ folder, files }: StoreListing, byPath: ReadonlyMap<string, ListedFile>, naming: Naming): FoundModel[] {
  return files.flatMap(file => {
    if (!/\.gguf$/i.test(file.path) || helper.test(posix.basename(file.path))) return []
    const parts = partsOf(file.path)
    if (parts[0] !== file.path) return []
    const present = parts.map(part => byPath.get(part)).filter(part => part !== undefined)
    const missing = parts.length - present.length
    const why = missing === 0 ? null : `${missing} of its ${parts.length} parts are missing`
    return [modelOf(naming, { format: 'gguf', path: file.path, place: join(folder, file.path), files: present, why })]
  })
}

/** A folder counts when it has a description; weights that are pickles only are named, and refused. */
function folderModels({ folder, files }: StoreListing, naming: Naming): FoundModel[] {
  return files.flatMap(config => {
    if (posix.basename(config.path) !== 'config.json') return []
    const at = posix.dirname(config.path)
    const beside = files.filter(({ path }) => posix.dirname(path) === at)
    const weights = beside.filter(({ path }) => path.endsWith('.safetensors'))
    const unsafe = beside.filter(({ path }) => pickles.test(path))
    if (weights.length === 0 && unsafe.length === 0) return []
    if (beside.some(({ path }) => path.endsWith('.gguf'))) return []
    const why = folderProblem(config.text, { beside, weights })
    const format = isMlx(config.text) ? 'mlx' : 'safetensors'
    const kept = weights.length > 0 ? weights : unsafe
    return [modelOf(naming, { format, path: at === '.' ? '' : at, place: join(folder, at), files: kept, why })]
  })
}

type Made = { format: FoundModel['format']; path: string; place: string; files: readonly ListedFile[]; why: string | null }

function modelOf(naming: Naming, { format, path, place, files, why }: Made): FoundModel {
  return {
    ...{ name: naming.name(path), format, path: place, why, commit: naming.commit?.(path) ?? null },
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files: files.map(file => ({ path: file.real, bytes: file.bytes, inode: file.inode, sha256: naming.sha256?.(file) ?? null })),
  }
}

type Around = { beside: readonly ListedFile[]; weights: readonly ListedFile[] }

function folderProblem(config: string | null, { beside, weights }: Around): string | null {
  if (weights.length === 0) return 'Its weights are Python pickles, which can run code when they are opened'
  if (fieldOf(config, 'auto_map') !== undefined || beside.some(({ path }) => path.endsWith('.py')))
    return 'It brings program code of its own, which Roundhouse does not run'
  const index = beside.find(({ path }) => path.endsWith('.safetensors.index.json'))?.text ?? null
  const map = fieldOf(index, 'weight_map')
  if (typeof map !== 'object' || map === null) return null
  const shards = new Set(Object.values(map).filter(each => typeof each === 'string'))
  const here = new Set(weights.map(({ path }) => posix.basename(path)))
  const missing = [...shards].filter(shard => !here.has(shard)).length
  return missing === 0 ? null : `${missing} of its ${shards.size} shards are missing`
}

/** MLX writes how it quantised under a name of its own. */
const isMlx = (config: string | null) => fieldOf(config, 'quantization') !== undefined

export function fieldOf(text: string | null, name: string): unknown {
  if (text === null) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && name in value
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined
  } catch {
    return undefined
  }
}
