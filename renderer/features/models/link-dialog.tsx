import { useEffect, useState } from 'react'
import type { Duplicate, LinkPreview, ModelStore, StoredModel } from '../../../electron/contract/model-store'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { ChooseOne } from '../../ui/choice'
import { Dialog } from '../../ui/dialog'
import { bytes } from '../../ui/format'
import { StateWord } from '../../ui/state-word'
import { act } from '../shared/notice.store'

interface Props {
  duplicate: Duplicate
  models: readonly StoredModel[]
  stores: readonly ModelStore[]
  onClose: () => void
}

/** Which copy stays, and what becomes of each other one, file by file, before anything is done. */
export function LinkDialog({ duplicate, models, stores, onClose }: Props) {
  const [keep, setKeep] = useState(() => firstKept(duplicate, { models, stores }))
  const [preview, setPreview] = useState<LinkPreview | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const replace = duplicate.copies.filter(id => id !== keep)
  useEffect(() => {
    let isOld = false
    const others = duplicate.copies.filter(id => id !== keep)
    client.models.stores.preview({ keep, replace: others }).then(
      answer => {
        if (!isOld) setPreview(answer)
      },
      (error: unknown) => setProblem(reportOfError(error).message),
    )
    return () => {
      isOld = true
    }
  }, [keep, duplicate])
  const titleOf = (id: string) => {
    const store = models.find(model => model.id === id)?.store ?? id
    return stores.find(each => each.id === store)?.title ?? store
  }
  const refusal = problem ?? preview?.why ?? null
  return (
    <Dialog
      open
      wide
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`One place for ${duplicate.name}`}
      about="All files are hashed anew first. Each program finds its model where it was; it can be undone at any time, which takes the space again."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="go"
            disabled={preview === null || refusal !== null}
            onClick={() => {
              onClose()
              void act('The copies could not be linked', () => client.models.stores.link({ keep, replace }))
            }}
          >
            Link and save {bytes(preview?.savedBytes ?? duplicate.savingBytes)}
          </Button>
        </>
      }
    >
      <div className="flex flex-wrap items-center gap-2 pb-3">
        <span aria-hidden>Keep the file of</span>
        <ChooseOne
          legend="Keep"
          options={duplicate.copies.map(id => ({ value: id, label: titleOf(id), hint: id }))}
          value={keep}
          onChange={setKeep}
        />
      </div>
      {refusal !== null && <StateWord tone="warn">{refusal}</StateWord>}
      <ul className="grid gap-2" aria-label="What would be done">
        {preview?.steps.map(step => (
          <li key={step.path} className="border-l-2 border-line pl-3">
            <code className="wrap-anywhere">{step.path}</code>
            <p className="text-ink-2">
              {step.owner}, {bytes(step.bytes)}: {step.does}
            </p>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** Another program's file stays rather than ours: what is not ours is touched last. */
function firstKept({ copies }: Duplicate, { models, stores }: Pick<Props, 'models' | 'stores'>): string {
  const isProgram = (id: string) => stores.find(store => store.id === models.find(model => model.id === id)?.store)?.kind === 'program'
  return copies.find(isProgram) ?? copies[0] ?? ''
}
