import type { LibraryModel } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { bytes } from '../../ui/format'
import { libraryName } from '../shared/model-words'
import { act } from '../shared/notice.store'

/** Asks before a model leaves the library; only what was downloaded here is deleted from the disk. */
export function RemoveModelDialog({ model, onClose }: { model: LibraryModel; onClose: () => void }) {
  const deleteFile = model.origin === 'downloaded' || model.origin === 'converted'
  function remove() {
    onClose()
    void act(`${libraryName(model)} could not be removed`, () => client.models.remove({ id: model.id, deleteFile }))
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`Remove ${libraryName(model)}?`}
      about={deleteFile ? `Its file is deleted, which frees ${bytes(model.bytes)}.` : 'It leaves the list; its file stays where it is.'}
      foot={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button onClick={remove}>Remove</Button>
        </>
      }
    >
      <p className="wrap-anywhere text-ink-2">
        <code>{model.path}</code>
      </p>
    </Dialog>
  )
}
