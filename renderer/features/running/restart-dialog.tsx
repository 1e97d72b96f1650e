import { useState } from 'react'
import { useLocation } from 'wouter'
import { startRequestSchema, type Instance } from '../../../electron/contract/instance'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { act } from '../shared/notice.store'

/** Starts an instance again, with another context or another number of slots. */
export function RestartDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const [, navigate] = useLocation()
  const { id, request } = instance
  const [context, setContext] = useState(String(request?.contextTokens ?? instance.contextTokens ?? ''))
  const [slots, setSlots] = useState(String(request?.slots ?? instance.slots ?? ''))
  const wanted = { contextTokens: numberOf(context), slots: numberOf(slots) }
  const problems = {
    context: startRequestSchema.shape.contextTokens.safeParse(wanted.contextTokens).success
      ? null
      : 'A whole number of 128 tokens or more.',
    slots: startRequestSchema.shape.slots.safeParse(wanted.slots).success ? null : 'A whole number from 1 to 64.',
  }
  const isWrong = problems.context !== null || problems.slots !== null
  async function restart() {
    if (isWrong || !request) return
    onClose()
    const job = await act(`${id} could not be restarted`, () => client.instances.restart({ id, request: { ...request, ...wanted } }))
    if (job) navigate(`/start/${job.id}`)
  }
  return (
    <Dialog
      open
      onOpenChange={open => {
        if (!open) onClose()
      }}
      title={`Restart ${id}`}
      about="It stops, which ends the answers it is writing, and starts again with these settings."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="go" disabled={isWrong} onClick={() => void restart()}>
            Restart
          </Button>
        </>
      }
    >
      <form
        className="grid grid-cols-2 gap-4"
        onSubmit={event => {
          event.preventDefault()
          void restart()
        }}
      >
        <Field
          label="Context of each slot, tokens"
          help="Empty: what was recommended."
          inputMode="numeric"
          className="w-full"
          value={context}
          problem={problems.context}
          onChange={event => setContext(event.target.value)}
        />
        <Field
          label="Slots"
          help="Requests answered at the same time."
          inputMode="numeric"
          className="w-full"
          value={slots}
          problem={problems.slots}
          onChange={event => setSlots(event.target.value)}
        />
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}

/** Null for nothing; what is not a number is NaN, which no schema takes. */
function numberOf(written: string): number | null {
  const text = written.trim().replaceAll(/[,\s]/g, '')
  return text === '' ? null : Number(text)
}
