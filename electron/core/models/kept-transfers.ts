import * as z from 'zod'
import { Failure } from '../../contract/failure'
import { hubFileSchema } from '../../contract/hub'
import { transferSchema } from '../../contract/model'
import type { Collection } from '../store/store.types'

/** A transfer as it is kept: all that is needed to go on with it after a restart. */
export const keptTransferSchema = transferSchema.extend({
  title: z.string(),
  format: z.enum(['gguf', 'safetensors', 'mlx']),
  /** Files of the hub at `commit`; empty for a model of the catalogue. */
  files: z.array(hubFileSchema),
})
export type KeptTransfer = z.infer<typeof keptTransferSchema>
/** The transfers that are kept over restarts, in the order they were begun. */
export function createKept(collection: Collection<KeptTransfer>, changed: () => void) {
  const kept = new Map(storedTransfers(collection).map(transfer => [transfer.id, transfer]))
  return {
    list: () => [...kept.values()],
    get: (id: string) => kept.get(id),
    find(id: string): KeptTransfer {
      const transfer = kept.get(id)
      if (!transfer) throw new Failure('not-found', `There is no download of ${id}`)
      return transfer
    },
    keep(transfer: KeptTransfer) {
      kept.set(transfer.id, transfer)
      collection.set(transfer.id, transfer)
      changed()
    },
    drop(id: string) {
      kept.delete(id)
      collection.remove(id)
      changed()
    },
  }
}

/** One that ran in an earlier run was cut off, and can be gone on with. */
function storedTransfers(collection: Collection<KeptTransfer>): KeptTransfer[] {
  const stored = collection.all().map(({ value }) => value)
  return stored
    .sort((a, b) => a.addedAt.localeCompare(b.addedAt))
    .map(transfer => ({ ...transfer, job: null, state: transfer.state === 'running' ? 'paused' : transfer.state }))
}
