import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InstallOffer } from '../../../electron/contract/runtime'
import type { LibraryModel } from '../../../electron/contract/model'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createConversions } from '../../../electron/core/models/conversions/conversions'
import { createToolPacks } from '../../../electron/core/models/conversions/tool-packs'
import type { Unfinished } from '../../../electron/core/models/conversions/unfinished'
import { createLibrary } from '../../../electron/core/models/library'
import { llamaCppConversions } from '../../../electron/core/runtimes/llama-cpp.convert'
import { mlxConvert } from '../../../electron/core/runtimes/mlx.convert'
import { ollamaCreate } from '../../../electron/core/runtimes/ollama.convert'
import { createLedger, type RunRow } from '../../../electron/core/supervisor/ledger'
import { lendServer } from '../../../electron/core/supervisor/lend-server'
import { createSpawnLauncher } from '../../../electron/core/supervisor/spawn-launcher'
import { tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { background, root } from './models-bench'

export const weights = writeGguf(tinyModel('llama', 2))

/** Stand-ins for tools that no CI has: real programs with the real command lines, which copy in place of converting. */
export function putTool(folder: string, name: string, script: string) {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  const path = join(folder, 'bin', name)
  writeFileSync(path, script.startsWith('#!') ? script : `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

/** The service over real files, processes and a real ledger. `address`: where the server of a store is asked; nobody is at port 1. */
export async function openConversions(folder: string, { address = '127.0.0.1:1' }: { address?: string } = {}) {
  const jobs = createJobs({ clock: systemClock })
  const library = createLibrary({
    ...{ collection: memoryCollection<LibraryModel>(), background, catalogue: [], clock: systemClock },
    resourcesFolder: join(root, 'resources'),
  })
  const file = join(folder, 'name-F32.gguf')
  writeFileSync(file, weights)
  const model = await library.importFile(file)
  const store = join(folder, 'store')
  const changes: string[] = []
  const environment = { PATH: join(folder, 'bin'), OLLAMA_HOST: address }
  const rows = memoryCollection<RunRow>()
  const unfinished = memoryCollection<Unfinished>()
  const installId = `conversions-${process.pid}`
  const spawn = createSpawnLauncher({ installId, environment: process.env })
  const ledger = createLedger({ rows, installId, clock: systemClock })
  const conversions = createConversions({
    ...{ library, jobs, background, unfinished, conversions: [...llamaCppConversions, mlxConvert, ollamaCreate] },
    world: { environment, platform: 'linux', buildFolders: () => [join(folder, 'tools')] },
    modelsFolder: () => join(folder, 'models'),
    storeFolder: id => (id === 'ollama' && existsSync(store) ? store : null),
    changed: () => void changes.push('changed'),
    packs: createToolPacks({
      ...{ folder: join(folder, 'tools'), platform: 'linux', arch: 'x64', packs: [] },
      ...{ installPython: fetching.install, offersOf: () => Promise.resolve(fetching.offers), installBuild: () => Promise.resolve() },
      freeBytes: () => Promise.resolve(fetching.free),
    }),
    server: {
      ...{ environment, fetch },
      lend: options => lendServer({ launchers: { spawn, engine: spawn, service: spawn }, ledger, installId, fetch }, options),
    },
  })
  const run = async (conversion: string, choice: string | null = null, install = false) =>
    jobs.finished((await conversions.run({ id: model.id, conversion, choice, install })).id)
  return { jobs, library, model, conversions, run, store, changes, rows, unfinished }
}

/** In place of the index and uv, which test/live/conversions.test.ts uses: a program in place of Python, where an environment would be. */
export const fetching = {
  free: null as number | null,
  offers: [] as InstallOffer[],
  install: (_pack: unknown, place: string): Promise<unknown> => {
    mkdirSync(join(place, 'venv/bin'), { recursive: true })
    const python = '#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "quantising to $4"; cp "$2" "$3"\n'
    writeFileSync(join(place, 'venv/bin/python3'), python, { mode: 0o755 })
    return Promise.resolve()
  },
}
