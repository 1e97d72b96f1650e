import type { ModelsSnapshot } from '../contract/model'
import { os as root } from './api-base'
import { watch } from './lib/watch'
import type { ModelServices } from './model-services'

/** What the contract says of models -> service, a line each. */
export function modelsApi({ models, hub }: Pick<ModelServices, 'models' | 'hub'>) {
  const os = root.models
  return os.router({
    watch: os.watch.handler(({ signal }) => watch<ModelsSnapshot>({ signal, snapshot: models.snapshot, subscribe: models.subscribe })),
    download: os.download.handler(({ input }) => models.download(input.id)),
    importFile: os.importFile.handler(({ input }) => models.importFile(input.path)),
    remove: os.remove.handler(({ input }) => models.remove(input)),
    refresh: os.refresh.handler(() => models.refresh()),
    hub: {
      search: os.hub.search.handler(({ input }) => hub.search(input)),
      repository: os.hub.repository.handler(({ input }) => hub.repository(input.id, input.revision)),
      download: os.hub.download.handler(async ({ input }) =>
        models.downloadFromHub(await hub.repository(input.id, input.revision), input.artifact),
      ),
      token: os.hub.token.handler(() => hub.token()),
      setToken: os.hub.setToken.handler(({ input }) => hub.setToken(input.token)),
    },
    transfers: {
      pause: os.transfers.pause.handler(({ input }) => models.transfers.pause(input.id)),
      resume: os.transfers.resume.handler(({ input }) => models.transfers.resume(input.id)),
      discard: os.transfers.discard.handler(({ input }) => models.transfers.discard(input.id)),
    },
  })
}
