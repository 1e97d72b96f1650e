import { join } from 'node:path'
import { hubFormats } from '../../contract/hub'
import type { LibraryModel } from '../../contract/model'
import type { Background } from '../lib/background'
import { readModelTask } from '../models/tasks'
import type { Runtime } from '../runtimes/runtime'
import type { StackDeps } from './stack.types'

export const CANARY = 'roundhouse/canary'

/** Whether a request names the engine test itself, in whatever form. */
export const isEngineTest = (model: string): boolean => model === CANARY || model.startsWith(`${CANARY}:`)

const readWithinMs = 30_000

/** Formats whose engines load an unquantised folder of safetensors as it is. */
const folderFormats: readonly string[] = hubFormats.filter(each => each !== 'gguf')

/** Which form of a model a runtime loads: one file, or a folder; null when it only attaches to servers. */
export function formOf({ facts, launch }: Pick<Runtime, 'facts' | 'launch'>): 'gguf' | 'folder' | null {
  if (!launch) return null
  if (facts.formats.includes('gguf')) return 'gguf'
  return facts.formats.some(each => folderFormats.includes(each)) ? 'folder' : null
}

/** The engine test in the form that this runtime loads; null when it has none, or it is not here. */
export async function engineTestFor(deps: Pick<StackDeps, 'library' | 'engineTestFolder'>, runtime: Runtime): Promise<LibraryModel | null> {
  const form = formOf(runtime)
  if (form === 'gguf') return deps.library.resolve(CANARY)
  return form === 'folder' ? await deps.engineTestFolder() : null
}

/** Both hold the same weights, so that both know the same answers (resources/canary/README.md). */
export function createEngineTestFolder(from: { background: Background; resourcesFolder: string; addedAt: string }) {
  const path = join(from.resourcesFolder, 'canary', 'canary')
  let known: Promise<LibraryModel | null> | null = null
  const read = async (): Promise<LibraryModel | null> => {
    const facts = await from.background.run(readModelTask, { path }, { timeoutMs: readWithinMs }).catch(() => null)
    if (!facts) {
      known = null
      return null
    }
    return {
      ...{ id: `${CANARY}:BF16`, title: 'Engine test', catalogueId: CANARY, artifactId: 'BF16', origin: 'bundled', path, facts },
      ...{ state: 'ready', why: null, bytes: facts.bytes, sha256: null, engineTest: true, addedAt: from.addedAt },
    }
  }
  return (): Promise<LibraryModel | null> => (known ??= read())
}
