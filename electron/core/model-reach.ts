import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../contract/failure'
import type { CatalogueModel } from '../contract/model'
import { linkedSchema } from '../contract/model-store'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Home } from './lib/home'
import type { Jobs } from './lib/jobs.types'
import { installPython } from './install/install-python'
import { runTool } from './lib/run-tool'
import type { ServerMeans } from './models/conversions/borrow-server'
import { createConversions } from './models/conversions/conversions'
import { createToolPacks, type ToolPackDependencies } from './models/conversions/tool-packs'
import { unfinishedSchema } from './models/conversions/unfinished'
import type { FitMeans } from './models/fit'
import type { Library } from './models/library.types'
import type { Models } from './models/models'
import { moveModels } from './models/move-folder'
import { reachOf } from './models/reach'
import { hubCacheStore } from './models/stores/hub-cache.store'
import { janStore } from './models/stores/jan.store'
import type { StoreWorld } from './runtimes/common-model-store'
import { createStores } from './models/stores/stores'
import { keptFolderSchema, keptHashSchema } from './models/stores/stores.types'
import type { Runtime } from './runtimes/runtime'
import type { SettingsService } from './settings'
import type { Store } from './store/store.types'

export type ModelReachDeps = ToolInstalls & {
  home: Home
  background: Background
  clock: Clock
  environment: NodeJS.ProcessEnv
  jobs: Jobs
  store: Store
  settings: SettingsService
  catalogue: readonly CatalogueModel[]
  runtimes: readonly Runtime[]
  models: Models
  library: Library
  modelsFolder: () => string
  means: () => FitMeans
  /** Waits for the machine where it is not known yet. */
  machineKnown: () => Promise<unknown>
}

/** How builds of runtimes are offered and installed, and a server is had for a while, for conversions that need them. */
export type ToolInstalls = Pick<ToolPackDependencies, 'offersOf' | 'installBuild'> & { lendServer: ServerMeans['lend'] }

const moves = (store: Store) => store.collection('models-move', z.object({ folder: z.string() }))
/** Where the models folder is being moved to; null when it is not. */
export const movingTo = (store: Store): string | null => moves(store).get('move')?.folder ?? null

/** Stores of other programs, links, conversions and the move of the folder: how a model reaches every runtime. */
export function createModelReach(deps: ModelReachDeps) {
  const { home, background, clock, environment, jobs, store, settings, catalogue, runtimes, models, library, modelsFolder, means } = deps
  const world: StoreWorld = {
    environment,
    home: environment.HOME ?? environment.USERPROFILE ?? homedir(),
    platform: process.platform,
    readLine,
  }
  const stores = createStores({
    ...{ background, clock, jobs, library, modelsFolder, world },
    kinds: [hubCacheStore, ...runtimes.flatMap(runtime => runtime.stores ?? []), janStore],
    hashes: store.collection('file-hashes', keptHashSchema),
    links: store.collection('model-links', linkedSchema),
    folders: store.collection('model-folders', keptFolderSchema),
  })
  const move = moves(store)
  return {
    stores,
    conversions: createConversions({
      ...{ library, jobs, background, modelsFolder, unfinished: store.collection('conversions-unfinished', unfinishedSchema) },
      conversions: runtimes.flatMap(runtime => runtime.conversions ?? []),
      world: { environment, platform: process.platform, buildFolders: () => [home.builds, join(home.root, 'tools')] },
      packs: createPacks(deps),
      server: { environment, fetch: globalThis.fetch, lend: deps.lendServer },
      storeFolder: id => stores.snapshot().stores.find(each => each.id === id)?.folder ?? null,
      changed: () => void stores.scan({ hash: false }),
    }),
    async reach(id: string) {
      const model = library.byId(id)
      if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
      await deps.machineKnown()
      return reachOf(model, { ...means(), catalogue })
    },
    moveFolder: (folder: string) =>
      moveModels(
        {
          ...{ jobs, background, library, modelsFolder },
          switchTo: modelsFolder => settings.change({ modelsFolder }),
          isBusy: () => models.transfers.list().some(({ state }) => state === 'running'),
          kept: { get: () => movingTo(store), set: folder => (folder === null ? move.remove('move') : move.set('move', { folder })) },
        },
        folder,
      ),
  }
}

/** Tools of conversions come as builds do: from the same index, by the same installer. */
function createPacks({ home, environment, runtimes, offersOf, installBuild }: ModelReachDeps) {
  const specs = runtimes.flatMap(({ conversions = [] }) => conversions.flatMap(({ tools }) => tools))
  const packs = [...new Set(specs.flatMap(({ pack }) => (pack?.kind === 'python' ? [pack] : [])))]
  const { platform, arch } = process
  return createToolPacks({
    ...{ folder: join(home.root, 'tools'), platform, arch, packs, offersOf, installBuild },
    installPython({ requirements, python, pythonMost }, folder, options) {
      const plan = { kind: 'python-venv' as const, requirements, launcher: null, python, ...(pythonMost !== undefined && { pythonMost }) }
      const system = platform === 'win32' || platform === 'darwin' ? platform : 'linux'
      return installPython({ runTool, plan, folder, platform: system, environment }, options)
    },
  })
}

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim() ?? null
  } catch {
    return null
  }
}
