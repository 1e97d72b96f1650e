import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, posix } from 'node:path'
import type { HubFile } from '../../contract/hub'
import type { CatalogueModel, FileFacts, LibraryModel, Projector, VisionEncoder } from '../../contract/model'
import type { Background } from '../lib/background'
import { partsOf } from '../runtimes/common-gguf-parts'
import { readProjectorTask } from './tasks'

/** Projectors carry this in their names wherever they are published (https://github.com/ggml-org/llama.cpp/blob/master/docs/multimodal.md). */
export const isProjectorFile = (path: string) => extname(path).toLowerCase() === '.gguf' && /mmproj/i.test(basename(path))

/** Every engine computes F16; the others are slower on some backends or lose a little. */
const precisions = [/[-_.]F16[-_.]/i, /[-_.]BF16[-_.]/i, /[-_.]Q8_0[-_.]/i, /[-_.]F32[-_.]/i]
const rankOf = (path: string) => {
  const found = precisions.findIndex(each => each.test(`-${basename(path)}`))
  return found < 0 ? precisions.length : found
}

/** A letter or two in common is chance. */
const leastAlike = 4

/** How many letters two names share at their beginning, without what says that one is a projector. */
function likeness(projector: string, model: string): number {
  const [name, other] = [projector, model].map(each =>
    basename(each)
      .toLowerCase()
      .replace(/mmproj[-_.]?/, ''),
  )
  let alike = 0
  while (name?.[alike] !== undefined && name[alike] === other?.[alike]) alike += 1
  return alike < leastAlike ? 0 : alike
}

/** The projector that goes with a GGUF of the same repository: of its folder, of its name, in F16; null where there is none. */
export function projectorFor(model: string, projectors: readonly HubFile[]): HubFile | null {
  const beside = projectors.filter(({ path }) => posix.dirname(path) === posix.dirname(model))
  return best(beside.length > 0 ? beside : projectors, model)
}

function best<File extends { path: string }>(files: readonly File[], model: string): File | null {
  const ranked = [...files].sort(
    (a, b) => likeness(b.path, model) - likeness(a.path, model) || rankOf(a.path) - rankOf(b.path) || a.path.localeCompare(b.path),
  )
  return ranked[0] ?? null
}

export type ProjectorMeans = { background: Background; catalogue: readonly CatalogueModel[] }
type Seen = Pick<LibraryModel, 'path' | 'facts' | 'catalogueId' | 'projector'>

/**
 * The projector of a model in GGUF as its folder is now. A file of another width is not taken: the engine would refuse the
 * model with it. Null for models that nothing says read images.
 */
export async function findProjector(model: Seen, { background, catalogue }: ProjectorMeans): Promise<Projector | null> {
  if (model.facts?.format !== 'gguf') return null
  const kept = model.projector?.path ?? null
  if (model.projector && kept !== null && (await sizeOf(kept)) === model.projector.bytes)
    return withEncoder(model.projector, kept, background)
  const { fitting, other } = await candidatesOf(model.path, model.facts, background)
  const chosen = best(fitting, model.path)
  if (chosen) return { ...chosen, sha256: null, why: null }
  const why = other === null ? missing : `${missing}: ${other}`
  return readsImages(model, catalogue) ? { path: null, bytes: null, sha256: null, why } : null
}

/** One that was noted before its shape was read, or fetched since, is looked into once. */
async function withEncoder(projector: Projector, path: string, background: Background): Promise<Projector> {
  if (projector.encoder !== undefined) return projector
  const read = await background.run(readProjectorTask, { path }, { timeoutMs: 20_000 })
  return { ...projector, encoder: read ? read.encoder : null }
}

const missing = 'The file that reads images for it is not here, so it answers text only'

/** Known from the catalogue, from the name of its architecture, or from a projector that it had. */
function readsImages({ facts, catalogueId, projector }: Seen, catalogue: readonly CatalogueModel[]): boolean {
  const known = catalogue.find(({ id }) => id === catalogueId)
  return (known?.abilities.includes('vision') ?? false) || /vl(?:moe)?$/.test(facts?.architecture ?? '') || projector != null
}

/** What a start is given; null where nothing is there. */
export function projectorOf({ projector }: Pick<LibraryModel, 'projector'>): { path: string; bytes: number; sha256: string | null } | null {
  if (projector?.path == null) return null
  return { path: projector.path, bytes: projector.bytes ?? 0, sha256: projector.sha256 }
}

type Candidate = { path: string; bytes: number; encoder: VisionEncoder | null }

async function candidatesOf(
  model: string,
  facts: FileFacts,
  background: Background,
): Promise<{ fitting: Candidate[]; other: string | null }> {
  const folder = dirname(model)
  const names = await readdir(folder).catch(() => [])
  const own = new Set(partsOf(model).map(part => basename(part)))
  const alone = names.every(name => extname(name).toLowerCase() !== '.gguf' || isProjectorFile(name) || own.has(name))
  const fitting: Candidate[] = []
  let other: string | null = null
  for (const name of names.filter(isProjectorFile)) {
    const path = join(folder, name)
    const read = await background.run(readProjectorTask, { path }, { timeoutMs: 20_000 })
    if (!read?.images) continue
    if (fits(read.width, facts, alone)) fitting.push({ path, bytes: read.bytes, encoder: read.encoder })
    else other = `${name} is made for a model of another width`
  }
  return { fitting, other }
}

/**
 * Some families hand over several vectors as one (deepstack), so any multiple is of the same family. Older projectors name
 * another width than they give; one that lies with a single model is taken at its place's word.
 */
function fits(width: number | null, { shape }: FileFacts, alone: boolean): boolean {
  if (width === null || !shape || shape.hidden <= 0) return alone
  return width % shape.hidden === 0 || (alone && width < shape.hidden)
}

const sizeOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  )
