import { useState } from 'react'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import type { Check } from './checks'

interface Props {
  label: string
  value: string
  check: Check
  /** Resolves to null when it could not be kept. */
  onKeep: (text: string) => Promise<unknown>
  help: string
  placeholder?: string
  number?: boolean
}

/** A setting that is typed: kept by Enter or its button, never half-typed. */
export function TextSetting({ label, value, check, onKeep, help, placeholder, number = false }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const text = (typed ?? value).trim()
  const problem = typed === null ? null : check(text)
  const changed = typed !== null && text !== value
  async function keep() {
    if (check(text) !== null) return
    await onKeep(text)
    setTyped(null)
  }
  return (
    <form
      className="flex flex-wrap items-start gap-2"
      onSubmit={event => {
        event.preventDefault()
        void keep()
      }}
    >
      <div className={number ? '' : 'min-w-0 flex-1'}>
        <Field
          label={label}
          hideLabel
          value={typed ?? value}
          number={number}
          {...(placeholder === undefined ? {} : { placeholder })}
          className={number ? '' : 'w-full'}
          problem={problem}
          help={help}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') setTyped(null)
          }}
        />
      </div>
      {changed && (
        <span className="flex gap-2">
          <Button type="submit" disabled={problem !== null}>
            Keep
          </Button>
          <Button tone="quiet" onClick={() => setTyped(null)}>
            Undo
          </Button>
        </span>
      )}
    </form>
  )
}
