import { useId, type ReactNode } from 'react'

export interface Option<Value extends string> {
  value: Value
  label: string
  /** Said on hover: what choosing it means. */
  hint?: string
  /** Shown right behind the option, inside the group: a number that belongs to it. */
  extra?: ReactNode
}

interface OneProps<Value extends string> {
  legend: string
  options: readonly Option<Value>[]
  value: Value
  onChange: (value: Value) => void
  disabled?: boolean
}

/** One of several: native radio buttons drawn as words, the chosen one with a fill and an edge. */
export function ChooseOne<Value extends string>({ legend, options, value, onChange, disabled = false }: OneProps<Value>) {
  const name = useId()
  return (
    <fieldset className="inline-flex flex-wrap gap-0.5" disabled={disabled}>
      <legend className="sr-only">{legend}</legend>
      {options.map(option => (
        <span key={option.value} className="inline-flex items-center">
          <label className="choice relative inline-flex cursor-pointer" title={option.hint}>
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.label}</span>
          </label>
          {option.extra}
        </span>
      ))}
    </fieldset>
  )
}

interface OrderedProps<Value extends string> {
  legend: string
  options: readonly Option<Value>[]
  /** Chosen ones, most important first. */
  value: readonly Value[]
  onChange: (value: Value[]) => void
  disabled?: boolean
}

/** Any of several in the order they were chosen; each chosen one carries its rank. */
export function ChooseOrdered<Value extends string>({ legend, options, value, onChange, disabled = false }: OrderedProps<Value>) {
  const toggle = (each: Value) => onChange(value.includes(each) ? value.filter(other => other !== each) : [...value, each])
  return (
    <fieldset className="inline-flex flex-wrap gap-0.5" disabled={disabled}>
      <legend className="sr-only">{legend}</legend>
      {options.map(option => {
        const rank = value.indexOf(option.value) + 1
        return (
          <label key={option.value} className="choice relative inline-flex cursor-pointer" title={option.hint}>
            <input type="checkbox" checked={rank > 0} onChange={() => toggle(option.value)} />
            <span>
              {option.label}
              {rank > 0 && <span className="text-11 font-semibold text-ink-2">{rank}</span>}
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}

interface AnyProps<Value extends string> {
  legend: string
  options: readonly Option<Value>[]
  value: readonly Value[]
  onChange: (value: Value[]) => void
}

/** Any of several, in no order: native checkboxes drawn as words. */
export function ChooseAny<Value extends string>({ legend, options, value, onChange }: AnyProps<Value>) {
  const kept = (each: Value, on: boolean) => options.map(option => option.value).filter(one => (one === each ? on : value.includes(one)))
  return (
    <fieldset className="inline-flex flex-wrap gap-0.5">
      <legend className="sr-only">{legend}</legend>
      {options.map(option => (
        <label key={option.value} className="choice relative inline-flex cursor-pointer" title={option.hint}>
          <input
            type="checkbox"
            checked={value.includes(option.value)}
            onChange={event => onChange(kept(option.value, event.target.checked))}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
