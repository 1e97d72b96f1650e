import { existsSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { LibraryModel } from '../../../contract/model'
import type { LinkPreview } from '../../../contract/model-store'
import { partsOf } from '../../runtimes/common-gguf-parts'
import type { Place } from './scan'

/** What would be done so that a program finds a model of our library: a further name of the same file in its folder. */
export async function previewShare(model: LibraryModel, place: Place | null): Promise<LinkPreview> {
  const no = (why: string): LinkPreview => ({ kind: 'placed', name: model.title, savedBytes: 0, steps: [], why })
  const nameIn = place?.reader.place
  if (!place || !nameIn) return no('That program finds no models by their place in a folder')
  if (model.state !== 'ready') return no('Its file is not there')
  if (model.facts?.format !== 'gguf') return no('Only GGUF files can be put there')
  const [publisher, name] = nameOf(model)
  const steps: LinkPreview['steps'] = []
  for (const part of partsOf(model.path)) {
    const keeper = await realpath(part)
    const path = join(place.folder, nameIn({ publisher, name, fileName: fileNameOf(part, model) }))
    const [file, folder] = await Promise.all([stat(keeper), stat(place.folder)])
    if (file.dev !== folder.dev) return no(`${place.title} keeps its models on another disk, which a hard link cannot span`)
    if (existsSync(path)) return no(`${place.title} has a file of that name already`)
    steps.push({ path, keeper, bytes: file.size, owner: place.title, does: 'a further name of the same file is made there' })
  }
  return { kind: 'placed', name: model.title, savedBytes: steps.reduce((sum, { bytes }) => sum + bytes, 0), steps, why: null }
}

function nameOf({ id }: LibraryModel): [string, string] {
  const [publisher = 'local', name = 'model'] = id.slice(0, id.lastIndexOf(':')).split('/')
  return [safe(publisher), safe(name)]
}

const safe = (text: string) => text.replace(/[^\w.-]+/g, '-').replace(/^\.+/, '')

/** A blob that is named by its hash gets a name that says what it is. */
function fileNameOf(path: string, model: LibraryModel): string {
  if (/\.gguf$/i.test(path)) return basename(path)
  return `${nameOf(model)[1]}-${model.facts?.quantisation ?? 'model'}.gguf`
}
