import type { Machine } from '../contract/machine'
import type { CatalogueModel } from '../contract/model'
import { libraryModelSchema } from '../contract/model'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Home } from './lib/home'
import type { Jobs } from './lib/jobs.types'
import { createDownloader } from './models/download'
import { createLibrary } from './models/library'
import { createModels } from './models/models'
import { createFetch } from './models/network'
import { createSources } from './models/sources'
import { fitOf } from './recommend/estimate-start'
import type { Runtime } from './runtimes/runtime'
import type { SettingsService } from './settings'
import type { Store } from './store/store.types'

export type ModelServicesDeps = {
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
}

/** Library, sources and downloads, wired. */
export function createModelServices(deps: ModelServicesDeps) {
  const { background, environment, clock, settings, catalogue, runtimes } = deps
  const fetch = createFetch(environment)
  const sources = createSources({ fetch, environment, hubAddress: () => settings.get().hubAddress })
  const collection = deps.store.collection('library', libraryModelSchema)
  const library = createLibrary({ collection, background, catalogue, clock, resourcesFolder: deps.resourcesFolder })
  const models = createModels({
    ...{ library, sources, background, catalogue, jobs: deps.jobs },
    downloader: createDownloader({ fetch, background }),
    modelsFolder: () => settings.get().modelsFolder ?? deps.home.models,
    fit: (model, artifact) => fitOf(model, artifact.id, { machine: deps.machine(), runtimes }),
  })
  return { models, library, sources, fetch }
}
