import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogueModel, LibraryModel } from '../../../electron/contract/model'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createHubService } from '../../../electron/core/models/hub/hub-service'
import { createHubTokens } from '../../../electron/core/models/hub/hub-token'
import { publicHub } from '../../../electron/core/models/hub'
import { createLibrary } from '../../../electron/core/models/library'
import { createModels } from '../../../electron/core/models/models'
import { limitDownloads } from '../../../electron/core/models/slots'
import { createSources } from '../../../electron/core/models/sources'
import type { KeptTransfer } from '../../../electron/core/models/kept-transfers'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { memoryCollection } from '../../unit/models/memory-collection'
import { gpuOf, machineOf } from '../../unit/recommend/machines'
import { background, plainFetch, quickDownloader, root } from './models-bench'

/** The models services on a folder and a hub, as model-services.ts wires them; `kept` outlives a restart. */
export function openModels(input: {
  folder: string
  hub: string
  environment?: Record<string, string>
  catalogue?: readonly CatalogueModel[]
  kept?: { transfers: ReturnType<typeof memoryCollection<KeptTransfer>>; library: ReturnType<typeof memoryCollection<LibraryModel>> }
}) {
  const kept = input.kept ?? { transfers: memoryCollection<KeptTransfer>(), library: memoryCollection<LibraryModel>() }
  const catalogue = input.catalogue ?? []
  const environment = { ROUNDHOUSE_HUB: input.hub, HOME: input.folder, ...input.environment }
  const tokenFile = join(input.folder, 'secrets', 'hub-token.json')
  const tokens = createHubTokens({ file: tokenFile, environment, publicHub })
  const sources = createSources({
    fetch: plainFetch,
    hubAddress: () => null,
    environment,
    token: tokens.tokenFor,
    pypiAddress: 'http://127.0.0.1:9',
  })
  const library = createLibrary({
    ...{ collection: kept.library, background, catalogue, clock: systemClock },
    resourcesFolder: join(root, 'resources'),
  })
  const jobs = createJobs({ clock: systemClock })
  const machine = machineOf({ gpus: [gpuOf({})] })
  const models = createModels({
    ...{ library, sources, jobs, background, catalogue, clock: systemClock, transfers: kept.transfers },
    downloader: limitDownloads(quickDownloader(), 4),
    modelsFolder: () => join(input.folder, 'models'),
    repository: (id, revision) => hub.repository(id, revision),
    fit: () => ({ verdict: 'fits', text: 'fits, 1 %' }),
  })
  const hub = createHubService({ fetch: plainFetch, address: sources.hub.address, tokens, means: () => ({ machine, runtimes }), library })
  const download = async (id: string, artifact: string, revision: string | null = null) =>
    jobs.finished(models.downloadFromHub(await hub.repository(id, revision), artifact).id)
  return { ...{ models, hub, library, jobs, download, kept, tokenFile, tokens }, hasToken: () => existsSync(tokenFile) }
}
