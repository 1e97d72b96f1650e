import { useState } from 'react'
import type { LibraryModel } from '../../../electron/contract/model'
import { client } from '../../client/client'
import { sentenceOfError } from '../../client/failure'
import { canChooseFile, chooseModelFile } from '../../client/shell'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { libraryName } from '../shared/model-words'

interface Props {
  /** A model of the library whose file is gone: asked for is where it lies now. */
  missing?: LibraryModel | null
  onClose: () => void
}

const plainImport =
  'A GGUF file, or a folder with safetensors. It stays where it is. Its header is read first, so that nothing damaged reaches a runtime.'

/** Adds a model file that lies somewhere on this machine; it is referenced and never copied. */
export function ImportDialog({ missing = null, onClose }: Props) {
  const [path, setPath] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function add(wanted: string) {
    setBusy(true)
    setProblem(null)
    try {
      const path = wanted.trim().replace(/^["']|["']$/g, '')
      await (missing ? client.models.foundAt({ id: missing.id, path }) : client.models.importFile({ path }))
      onClose()
    } catch (error) {
      setProblem(sentenceOfError(error))
      setBusy(false)
    }
  }
  async function choose() {
    const chosen = await chooseModelFile()
    if (chosen === null) return
    setPath(chosen)
    await add(chosen)
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={missing ? `Where is ${libraryName(missing)} now?` : 'Import a model'}
      about={missing ? `It was at ${missing.path}. What lies at its new place is compared with what is known of it.` : plainImport}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {canChooseFile() && <Button onClick={() => void choose()}>Choose a file…</Button>}
          <Button tone="go" disabled={isBusy || path.trim() === ''} onClick={() => void add(path)}>
            {isBusy ? 'Reading it' : missing ? 'It is there' : 'Import'}
          </Button>
        </>
      }
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (path.trim() !== '') void add(path)
        }}
      >
        <Field
          label="Path of the file or folder"
          help="On the machine that Roundhouse runs on."
          placeholder="/home/me/models/model.Q4_K_M.gguf"
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={path}
          problem={problem}
          onChange={event => {
            setPath(event.target.value)
            setProblem(null)
          }}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
