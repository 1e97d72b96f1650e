import type { ModelsSnapshot } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { bytes, memory } from '../../ui/format'
import { FolderDialog } from './folder-dialog'

/** Moves the models folder elsewhere: what will happen is said before it begins, and it goes on as a job. */
export function MoveFolderDialog({ models, onClose }: { models: ModelsSnapshot; onClose: () => void }) {
  const own = models.library.filter(({ origin }) => origin === 'downloaded' || origin === 'converted')
  const total = own.reduce((sum, each) => sum + each.bytes + (each.projector?.bytes ?? 0), 0)
  return (
    <FolderDialog
      title="Move the models folder"
      about="Every file is copied, read back and compared; then the new folder is used, and only then the originals are deleted. It can be cancelled and gone on with."
      label="New folder"
      help="A full path on the machine that Roundhouse runs on, on any disk."
      action={models.movingTo == null ? 'Move' : 'Go on'}
      given={models.movingTo ?? ''}
      onFolder={folder => client.models.moveFolder({ folder })}
      onClose={onClose}
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 pb-3 text-ink-2">
        <dt>From</dt>
        <dd className="wrap-anywhere">{models.folder}</dd>
        <dt>To move</dt>
        <dd>
          {own.length} {own.length === 1 ? 'model' : 'models'}, {bytes(total)}
          {models.freeDiskMiB === null ? '' : `; ${memory(models.freeDiskMiB)} are free where they are now`}
        </dd>
      </dl>
    </FolderDialog>
  )
}
