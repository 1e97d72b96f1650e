import { useState } from 'react'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'

/** Names a folder whose models are listed and can be used where they lie. */
export function AddFolderDialog({ onClose }: { onClose: () => void }) {
  const [folder, setFolder] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  async function add() {
    try {
      await client.models.stores.addFolder({ folder: folder.trim() })
      onClose()
    } catch (error) {
      const { message, suggestion } = reportOfError(error)
      setProblem([message, suggestion].filter(Boolean).join(' '))
    }
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title="Add a folder"
      about="Its GGUF files and folders of safetensors are listed. Nothing in it is moved or changed."
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button tone="go" disabled={folder.trim() === ''} onClick={() => void add()}>
            Add
          </Button>
        </>
      }
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (folder.trim() !== '') void add()
        }}
      >
        <Field
          label="Folder"
          help="A full path on the machine that Roundhouse runs on."
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={folder}
          problem={problem}
          onChange={event => setFolder(event.target.value)}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
