import { useState } from 'react'
import { useLocation } from 'wouter'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'

interface Wanted {
  address: string
  key: string
  model: string
}

/** Attaches and shows the instance; what is wrong with the address or the server is said beside the field. */
function useAttach(onDone: () => void) {
  const [, navigate] = useLocation()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function attach({ address, key, model }: Wanted) {
    const wanted = addressOf(address)
    if (wanted === null) {
      setProblem('An http or https address, such as http://127.0.0.1:8080/v1.')
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      const instance = await client.instances.attach({ address: wanted, key: key.trim() || null, model: model.trim() || null })
      onDone()
      navigate(`/running/${instance.id}`)
    } catch (error) {
      setProblem(reportOfError(error).message)
      setBusy(false)
    }
  }
  return { attach, problem, isBusy }
}

/** Routes to a server that runs already, here or elsewhere. */
export function AttachDialog({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useState('')
  const [key, setKey] = useState('')
  const [model, setModel] = useState('')
  const { attach, problem, isBusy } = useAttach(onClose)
  const send = () => void attach({ address, key, model })
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title="Attach a running server"
      about="Any server that speaks the OpenAI API gets a route here. Roundhouse never stops it."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="go" disabled={isBusy || address.trim() === ''} onClick={send}>
            {isBusy ? 'Asking it' : 'Attach'}
          </Button>
        </>
      }
    >
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          send()
        }}
      >
        <Field
          label="Address"
          placeholder="http://127.0.0.1:8080/v1"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={address}
          problem={problem}
          onChange={event => setAddress(event.target.value)}
        />
        <Field
          label="Key"
          help="Only if the server asks for one."
          type="password"
          autoComplete="off"
          className="w-full"
          value={key}
          onChange={event => setKey(event.target.value)}
        />
        <Field
          label="Model"
          help="As the server calls it; empty takes the first one it lists."
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={model}
          onChange={event => setModel(event.target.value)}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}

/** An address with http before it where the person left it out; null when it is none. */
export function addressOf(written: string): string | null {
  const text = written.trim()
  if (text === '') return null
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(whole)) return null
  return /^https?:$/.test(new URL(whole).protocol) ? whole : null
}
