import { useState } from 'react'
import type { Machine } from '../../../electron/contract/machine'
import { client } from '../../client/client'
import { reportOfError } from '../../client/failure'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Input } from '../../ui/field'
import { correctables, storedValue, type Correctable } from './machine-corrections'
import { originWords } from './machine-facts'

interface Props {
  machine: Machine
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** A person corrects what was read wrongly or not at all; corrected values are marked as theirs and can be taken back. */
export function CorrectDialog({ machine, open, onOpenChange }: Props) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Correct a value"
      about="What you say here counts more than what was read, until you take it back. The decision follows at once."
      wide
    >
      <ul>
        {correctables(machine).map(each => (
          <Row key={each.path} correctable={each} />
        ))}
      </ul>
    </Dialog>
  )
}

/** What is said of a value of which nothing is known but itself. */
const unsaid = ({ path, value }: Correctable): string =>
  value !== null ? 'Read by a probe.' : path === 'memory.limitMiB' ? 'No limit was found: all of it.' : 'Not known.'

function Row({ correctable }: { correctable: Correctable }) {
  const { path, label, unit, value, origin, why } = correctable
  const [typed, setTyped] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const theirs = origin?.kind === 'person'
  const shown = typed ?? (value === null ? '' : String(value))

  async function send(stored: number | null) {
    try {
      await client.machine.correct({ path, value: stored })
      setTyped(null)
      setProblem(null)
    } catch (error) {
      setProblem(reportOfError(error).message)
    }
  }
  function submit() {
    const stored = storedValue(shown, unit)
    if (stored === null) setProblem('Type a number above zero.')
    else void send(stored)
  }
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto_96px] items-center gap-3 border-b border-line py-1.5 last:border-0">
      <div className="min-w-0">
        <p className="truncate">{label}</p>
        <p className={`text-12 ${problem === null ? 'text-ink-2' : 'text-bad'}`} role={problem === null ? undefined : 'alert'}>
          {problem ?? originWords(origin) ?? why ?? unsaid(correctable)}
        </p>
      </div>
      <form
        className="flex items-center gap-1.5"
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
      >
        <Input
          number
          aria-label={`${label} in ${unit}`}
          value={shown}
          aria-invalid={problem !== null}
          onChange={event => setTyped(event.target.value)}
        />
        <span className="w-12 text-12 text-ink-3">{unit}</span>
        <button type="submit" className="sr-only">
          Keep {label}
        </button>
      </form>
      <div className="flex justify-end">
        {typed !== null ? (
          <Button size="low" onClick={submit}>
            Keep
          </Button>
        ) : (
          theirs && (
            <Button size="low" tone="quiet" onClick={() => void send(null)} aria-label={`Take back ${label}`}>
              Take back
            </Button>
          )
        )}
      </div>
    </li>
  )
}
