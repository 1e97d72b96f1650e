import { useState } from 'react'
import { useLocation } from 'wouter'
import type { Decision } from '../../../electron/contract/decision'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { contextLength } from '../../ui/format'
import { startAndShow } from './start-decision'
import { startabilityOf } from './start-request'

interface Props {
  decision: Decision
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Starts a decision with another context or number of slots; the host checks that it fits before anything is loaded. */
export function StartDialog({ decision, open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Start with other settings"
      about={`${decision.modelTitle} on ${decision.runtimeTitle}`}
    >
      <Form decision={decision} onClose={() => onOpenChange(false)} />
    </Dialog>
  )
}

function Form({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const [, navigate] = useLocation()
  const [context, setContext] = useState(String(decision.contextTokens))
  const [slots, setSlots] = useState(String(decision.slots))
  const contextTokens = wholeBetween(context, [128, 10_000_000])
  const slotCount = wholeBetween(slots, [1, 64])
  const insist = startabilityOf(decision).kind === 'insist'
  return (
    <form
      className="grid gap-4"
      onSubmit={event => {
        event.preventDefault()
        if (contextTokens === null || slotCount === null) return
        onClose()
        void startAndShow(decision, { contextTokens, slots: slotCount, insist }, navigate)
      }}
    >
      <Field
        label="Context of each slot, in tokens"
        number
        value={context}
        onChange={event => setContext(event.target.value)}
        problem={contextTokens === null ? 'A whole number from 128.' : null}
        help={
          contextTokens === null
            ? undefined
            : `${contextLength(contextTokens)} tokens; recommended ${contextLength(decision.contextTokens)}`
        }
      />
      <Field
        label="Slots: how many can be answered at the same time"
        number
        value={slots}
        onChange={event => setSlots(event.target.value)}
        problem={slotCount === null ? 'A whole number from 1 to 64.' : null}
        help={`recommended ${decision.slots}; each slot has a KV cache of its own`}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="go" disabled={contextTokens === null || slotCount === null}>
          Start
        </Button>
      </div>
    </form>
  )
}

function wholeBetween(text: string, [from, to]: readonly [number, number]): number | null {
  const trimmed = text.trim()
  if (!/^\d+$/.test(trimmed)) return null
  const value = Number(trimmed)
  return value >= from && value <= to ? value : null
}
