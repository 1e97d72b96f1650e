import { useState } from 'react'
import type { ModelsSnapshot } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { bytes, memory } from '../../ui/format'

/** Moves the models folder elsewhere: what will happen is said before it begins, and it goes on as a job. */
export function MoveFolderDialog({ models, onClose }: { models: ModelsSnapshot; onClose: () => void }) {
  const [folder, setFolder] = useState(models.movingTo ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const own = models.library.filter(({ origin }) => origin === 'downloaded' || origin === 'converted')
  async function move() {
    try {
      await client.models.moveFolder({ folder: folder.trim() })
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
      title="Move the models folder"
      about="Every file is copied, read back and compared; then the new folder is used, and only then the originals are deleted. It can be cancelled and gone on with."
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button tone="go" disabled={folder.trim() === ''} onClick={() => void move()}>
            {models.movingTo == null ? 'Move' : 'Go on'}
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 pb-3 text-ink-2">
        <dt>From</dt>
        <dd className="wrap-anywhere">{models.folder}</dd>
        <dt>To move</dt>
        <dd>
          {own.length} {own.length === 1 ? 'model' : 'models'}, {bytes(own.reduce((sum, each) => sum + each.bytes, 0))}
          {models.freeDiskMiB === null ? '' : `; ${memory(models.freeDiskMiB)} are free where they are now`}
        </dd>
      </dl>
      <Field
        label="New folder"
        help="A full path on the machine that Roundhouse runs on, on any disk."
        autoComplete="off"
        spellCheck={false}
        className="w-full"
        value={folder}
        problem={problem}
        onChange={event => setFolder(event.target.value)}
      />
    </Dialog>
  )
}
