import type { Fix, Instance } from '../../../electron/contract/instance'
import { client } from '../../client/client'
import { chooseModelFile } from '../../client/shell'

const startPath = (job: { id: string }) => `/start/${job.id}`

/** Does what the button of a fix promises, and says where to look next. */
export async function runFix(action: Fix['action'], instance: Instance): Promise<string> {
  switch (action.kind) {
    case 'restart-with': {
      const { kind: _kind, ...changes } = action
      const request = instance.request ? { ...instance.request, ...changes } : null
      return startPath(await client.instances.restart({ id: instance.id, request }))
    }
    case 'retry':
      return startPath(await client.instances.restart({ id: instance.id, request: null }))
    case 'download-again':
      await client.models.download({ id: action.model })
      return '/models'
    case 'choose-file': {
      const path = await chooseModelFile()
      if (path !== null) await client.models.importFile({ path })
      return '/models'
    }
    case 'choose-model':
      return '/models'
    case 'stop-instance':
      await client.instances.stop({ id: action.instance })
      return startPath(await client.instances.restart({ id: instance.id, request: null }))
    case 'remove-model':
      await client.models.remove({ id: action.model, deleteFile: true })
      return '/models'
    case 'install':
      return startPath(await client.runtimes.install({ offer: action.build }))
  }
}
