import type { ModelsSnapshot } from '../contract/model'
import type { StoresSnapshot } from '../contract/model-store'
import { os as root } from './api-base'
import { watch } from './lib/watch'
import type { ModelServices } from './model-services'

/** What the contract says of models -> service, a line each. */
export function modelsApi({ models, hub, modelReach }: Pick<ModelServices, 'models' | 'hub' | 'modelReach'>) {
  const os = root.models
  const { stores, conversions } = modelReach
  return os.router({
    watch: os.watch.handler(({ signal }) => watch<ModelsSnapshot>({ signal, snapshot: models.snapshot, subscribe: models.subscribe })),
    download: os.download.handler(({ input }) => models.download(input.id)),
    importFile: os.importFile.handler(({ input }) => models.importFile(input.path)),
    foundAt: os.foundAt.handler(({ input }) => models.foundAt(input)),
    fetchProjector: os.fetchProjector.handler(({ input }) => models.fetchProjector(input.id)),
    remove: os.remove.handler(({ input }) => models.remove(input)),
    refresh: os.refresh.handler(() => models.refresh()),
    reach: os.reach.handler(({ input }) => modelReach.reach(input.id)),
    moveFolder: os.moveFolder.handler(({ input }) => modelReach.moveFolder(input.folder)),
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
    stores: {
      watch: os.stores.watch.handler(({ signal }) => {
        stores.look()
        return watch<StoresSnapshot>({ signal, snapshot: stores.snapshot, subscribe: stores.subscribe })
      }),
      scan: os.stores.scan.handler(({ input }) => stores.scan(input)),
      addFolder: os.stores.addFolder.handler(({ input }) => stores.addFolder(input.folder)),
      removeFolder: os.stores.removeFolder.handler(({ input }) => stores.removeFolder(input.folder)),
      use: os.stores.use.handler(({ input }) => stores.use(input.id)),
      preview: os.stores.preview.handler(({ input }) => stores.preview(input)),
      link: os.stores.link.handler(({ input }) => stores.link(input)),
      previewShare: os.stores.previewShare.handler(({ input }) => stores.previewShare(input)),
      share: os.stores.share.handler(({ input }) => stores.share(input)),
      undo: os.stores.undo.handler(({ input }) => stores.undo(input.id)),
    },
    conversions: {
      list: os.conversions.list.handler(({ input }) => conversions.list(input.id)),
      run: os.conversions.run.handler(({ input }) => conversions.run(input)),
      tools: os.conversions.tools.handler(() => conversions.packs.kept()),
      removeTools: os.conversions.removeTools.handler(({ input }) => conversions.packs.remove(input.id)),
    },
  })
}
