import { useEffect, useState } from 'react'
import type { HubToken } from '../../../electron/contract/hub'
import { client } from '../../client/client'
import { reportOfError, sentenceOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'

const from: Record<NonNullable<HubToken['from']>, string> = {
  stored: 'given to Roundhouse, in a file that only you can read',
  environment: 'from the variable HF_TOKEN',
  file: 'left by the hub’s own tools',
}

/** The token for gated repositories: whose it is, where it is from, and a new one. It is never shown again. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const [state, setState] = useState<HubToken | null>(null)
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  useEffect(() => {
    void client.models.hub.token().then(setState, (error: unknown) => setProblem(reportOfError(error).message))
  }, [])
  async function keep(token: string | null) {
    setBusy(true)
    setProblem(null)
    try {
      setState(await client.models.hub.setToken({ token }))
      setText('')
    } catch (error) {
      setProblem(sentenceOfError(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title="Token for gated models"
      about="Some makers give their weights only to people who accepted their terms. Accept them on the page of the model; the token tells the hub that it is you. It is sent to that hub alone, never to the host that the files lie on."
      foot={
        <>
          {state?.from === 'stored' && (
            <Confirm question="It cannot be shown again." word="Forget it" onConfirm={() => void keep(null)}>
              {ask => (
                <Button disabled={isBusy} onClick={ask}>
                  Forget it
                </Button>
              )}
            </Confirm>
          )}
          <Button onClick={onClose}>Close</Button>
          <Button tone="go" disabled={isBusy || text.trim() === ''} onClick={() => void keep(text.trim())}>
            {isBusy ? 'Asking the hub' : 'Keep'}
          </Button>
        </>
      }
    >
      <p className="pb-3 text-ink-2" role="status">
        {state === null
          ? 'Looking'
          : state.from === null
            ? `No token is sent to ${state.host}.`
            : `${state.account === null ? 'A token' : `The token of ${state.account}`} is sent to ${state.host}: ${from[state.from]}.`}
      </p>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (text.trim() !== '') void keep(text.trim())
        }}
      >
        <Field
          label="New token"
          type="password"
          help="One that may read is enough. It is made under Access Tokens in the settings of your account."
          autoComplete="off"
          spellCheck={false}
          className="w-full"
          value={text}
          problem={problem}
          onChange={event => setText(event.target.value)}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
