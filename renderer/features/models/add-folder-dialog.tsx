import { client } from '../../client/client'
import { FolderDialog } from './folder-dialog'

/** Names a folder whose models are listed and can be used where they lie. */
export function AddFolderDialog({ onClose }: { onClose: () => void }) {
  return (
    <FolderDialog
      title="Add a folder"
      about="Its GGUF files and folders of safetensors are listed. Nothing in it is moved or changed."
      label="Folder"
      help="A full path on the machine that Roundhouse runs on."
      action="Add"
      onFolder={folder => client.models.stores.addFolder({ folder })}
      onClose={onClose}
    />
  )
}
