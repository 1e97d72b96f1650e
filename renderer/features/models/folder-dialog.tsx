import { useState, type ReactNode } from 'react'
import { sentenceOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'

interface FolderDialogProps {
  title: string
  about: string
  label: string
  help: string
  action: string
  /** Folder that is there to begin with. */
  given?: string
  /** What it does with the folder; what it throws is shown beside the field. */
  onFolder: (folder: string) => Promise<unknown>
  onClose: () => void
  children?: ReactNode
}

/** Asks for a folder on the machine that Roundhouse runs on, and stays until it was taken or left. */
export function FolderDialog({ title, about, label, help, action, given = '', onFolder, onClose, children }: FolderDialogProps) {
  const [folder, setFolder] = useState(given)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const can = folder.trim() !== '' && !busy
  async function take() {
    setBusy(true)
    try {
      await onFolder(folder.trim())
      onClose()
    } catch (error) {
      setProblem(sentenceOfError(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={title}
      about={about}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="go" disabled={!can} onClick={() => void take()}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      <form
        onSubmit={event => {
          event.preventDefault()
          if (can) void take()
        }}
      >
        <Field
          label={label}
          help={help}
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={folder}
          problem={problem}
          onChange={event => {
            setFolder(event.target.value)
            setProblem(null)
          }}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
