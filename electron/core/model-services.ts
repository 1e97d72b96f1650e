import { join } from 'node:path'
import type { Machine } from '../contract/machine'
import type { CatalogueModel } from '../contract/model'
import { libraryModelSchema } from '../contract/model'
import { createModelReach, movingTo, type ToolInstalls } from './model-reach'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Home } from './lib/home'
import type { Jobs } from './lib/jobs.types'
import { createDownloader } from './models/download'
import { fitOfSize } from './models/fit'
import { publicHub } from './models/hub'
import { createHubService } from './models/hub/hub-service'
import { createHubTokens } from './models/hub/hub-token'
import { createLibrary } from './models/library'
import { createModels } from './models/models'
import { createFetch } from './models/network'
import { limitDownloads } from './models/slots'
import { createSources } from './models/sources'
import { keptTransferSchema } from './models/kept-transfers'
import { sizeOfArtifact } from './recommend/model-size'
import type { Runtime } from './runtimes/runtime'
import type { SettingsService } from './settings'
import type { Store } from './store/store.types'

export type ModelServicesDeps = ToolInstalls & {
  home: Home
  resourcesFolder: string
  background: Background
  clock: Clock
  environment: NodeJS.ProcessEnv
  jobs: Jobs
  store: Store
  settings: SettingsService
  catalogue: readonly CatalogueModel[]
  runtimes: readonly Runtime[]
  machine(): Machine | null
  /** Waits for the machine where it is not known yet. */
  machineKnown(): Promise<unknown>
}

/** Connections to a hub, over all downloads. */
const filesAtOnce = 4

/** Library, sources, hub and downloads, wired. */
export function createModelServices(deps: ModelServicesDeps) {
  const { background, environment, clock, settings, catalogue, runtimes } = deps
  const fetch = createFetch(environment)
  const tokens = createHubTokens({ file: join(deps.home.root, 'secrets', 'hub-token.json'), environment, publicHub })
  const sources = createSources({ fetch, environment, hubAddress: () => settings.get().hubAddress, token: tokens.tokenFor })
  const means = () => ({ machine: deps.machine(), runtimes })
  const collection = deps.store.collection('library', libraryModelSchema)
  const library = createLibrary({ collection, background, catalogue, clock, resourcesFolder: deps.resourcesFolder })
  const modelsFolder = () => settings.get().modelsFolder ?? deps.home.models
  const models = createModels({
    ...{ library, sources, background, catalogue, clock, jobs: deps.jobs },
    downloader: limitDownloads(createDownloader({ fetch, background }), filesAtOnce),
    transfers: deps.store.collection('transfers', keptTransferSchema),
    modelsFolder,
    movingTo: () => movingTo(deps.store),
    repository: (id, revision) => hub.repository(id, revision),
    fit: (model, artifact) => fitOfSize(sizeOfArtifact(model, artifact), artifact.format, means()),
  })
  const hub = createHubService({ fetch, address: sources.hub.address, tokens, means, library })
  const modelReach = createModelReach({ ...deps, models, library, modelsFolder, means })
  return { models, library, sources, fetch, hub, modelReach }
}
export type ModelServices = ReturnType<typeof createModelServices>
