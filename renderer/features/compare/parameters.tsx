import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal'
import { useId, useState, type ReactNode } from 'react'
import { samplingSchema, type Sampling } from '../../../electron/contract/compare'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Popover } from '../../ui/popover'
import { TextArea } from '../../ui/text-area'

type Numbers = Omit<Sampling, 'systemPrompt'>
type Written = Record<keyof Numbers, string>

const fields: readonly { key: keyof Numbers; label: string; help: string }[] = [
  { key: 'temperature', label: 'Temperature', help: '0 always takes the likeliest token' },
  { key: 'topP', label: 'Top p', help: 'only tokens within this share' },
  { key: 'maxTokens', label: 'Max tokens', help: 'longest answer' },
  { key: 'seed', label: 'Seed', help: 'empty: another each time' },
]

interface Props {
  /** `pane 2`, `all panes`. */
  of: string
  trigger: ReactNode
  sampling: Sampling
  /** Called when the panel closes, with what was changed. */
  onChange: (sampling: Sampling) => void
  /** Gives these parameters to every pane; absent where they are for all anyway. */
  onApplyToAll?: (sampling: Sampling) => void
}

/** Temperature and its company for one pane or for all; what is written takes effect when the panel closes. */
export function Parameters({ of, trigger, sampling, onChange, onApplyToAll }: Props) {
  const [written, setWritten] = useState<Written | null>(null)
  const [systemPrompt, setSystemPrompt] = useState(sampling.systemPrompt)
  const id = useId()
  const numbers = written ?? writtenOf(sampling)
  const problems = problemsOf(numbers)
  const wanted: Sampling = { ...sampling, ...readNumbers(numbers, sampling), systemPrompt }
  function toggle(open: boolean) {
    if (open) {
      setWritten(writtenOf(sampling))
      setSystemPrompt(sampling.systemPrompt)
      return
    }
    setWritten(null)
    if (JSON.stringify(wanted) !== JSON.stringify(sampling)) onChange(wanted)
  }
  return (
    <Popover
      trigger={trigger}
      label={`Parameters of ${of}`}
      open={written !== null}
      onOpenChange={toggle}
      className="w-[min(420px,calc(100vw-32px))] gap-3 p-4"
    >
      <h3>Parameters of {of}</h3>
      <div className="grid grid-cols-2 gap-x-4 gap-y-2">
        {fields.map(({ key, label, help }) => (
          <Field
            key={key}
            label={label}
            help={help}
            value={numbers[key]}
            problem={problems[key] ?? null}
            inputMode="decimal"
            className="w-full"
            onChange={event => setWritten({ ...numbers, [key]: event.target.value })}
          />
        ))}
      </div>
      <div className="grid gap-1">
        <label htmlFor={id} className="text-12 text-ink-2">
          System prompt
        </label>
        <TextArea id={id} rows={4} value={systemPrompt} onChange={event => setSystemPrompt(event.target.value)} className="resize-y" />
      </div>
      <div className="flex justify-end gap-2">
        {onApplyToAll && (
          <Button
            disabled={Object.keys(problems).length > 0}
            onClick={() => {
              setWritten(null)
              onApplyToAll(wanted)
            }}
          >
            Apply to all panes
          </Button>
        )}
        <Button onClick={() => toggle(false)}>Done</Button>
      </div>
    </Popover>
  )
}

/** The usual button that opens the parameters of a pane. */
export const parametersIcon = SlidersHorizontal

function writtenOf({ temperature, topP, maxTokens, seed }: Sampling): Written {
  return { temperature: String(temperature), topP: String(topP), maxTokens: String(maxTokens), seed: seed === null ? '' : String(seed) }
}

function valueOf(key: keyof Numbers, written: string): number | null {
  const text = written.trim().replace(',', '.')
  return text === '' ? (key === 'seed' ? null : Number.NaN) : Number(text)
}

const ranges: Record<keyof Numbers, string> = {
  temperature: 'A number from 0 to 2.',
  topP: 'A number from 0 to 1.',
  maxTokens: 'A whole number from 1 to 131,072.',
  seed: 'A whole number, or nothing.',
}

/** What is wrong with each field, by the contract's own limits. */
function problemsOf(written: Written): Partial<Record<keyof Numbers, string>> {
  const wrong = fields.filter(({ key }) => !samplingSchema.shape[key].safeParse(valueOf(key, written[key])).success)
  return Object.fromEntries(wrong.map(({ key }) => [key, ranges[key]]))
}

/** What is written, where it is right; else what was there before. */
function readNumbers(written: Written, before: Sampling): Numbers {
  const problems = problemsOf(written)
  const read = (key: Exclude<keyof Numbers, 'seed'>) =>
    problems[key] === undefined ? (valueOf(key, written[key]) ?? before[key]) : before[key]
  return {
    temperature: read('temperature'),
    topP: read('topP'),
    maxTokens: read('maxTokens'),
    seed: problems.seed === undefined ? valueOf('seed', written.seed) : before.seed,
  }
}
