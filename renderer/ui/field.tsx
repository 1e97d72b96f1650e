import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from 'react'
import { classes } from './classes'

interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  ref?: Ref<HTMLInputElement> | undefined
  /** Digits: narrow and right-aligned. */
  number?: boolean
}

/** A one-line input with the look of the app; give it a label or an aria-label. */
export function Input({ number = false, className, ...rest }: InputProps) {
  return (
    <input
      className={classes(
        'h-7 rounded-1 border border-edge bg-surface px-2 aria-invalid:border-bad disabled:border-frame disabled:text-ink-3',
        number && 'w-20 text-right',
        className,
      )}
      {...(number ? { inputMode: 'numeric' as const } : {})}
      {...rest}
    />
  )
}

interface FieldProps extends InputProps {
  label: string
  /** What it is good for, under the field. */
  help?: ReactNode
  /** What is wrong with the value; null when nothing is. */
  problem?: string | null
  /** The label is said elsewhere on the screen and here only for a screen reader. */
  hideLabel?: boolean
}

/** A labelled input with its help and, where the value is wrong, what is wrong with it. */
export function Field({ label, help, problem = null, hideLabel = false, ...input }: FieldProps) {
  const id = useId()
  const described = classes(help !== undefined && `${id}-help`, problem !== null && `${id}-problem`)
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-12 text-ink-2'}>
        {label}
      </label>
      <Input id={id} {...input} aria-invalid={problem !== null} {...(described ? { 'aria-describedby': described } : {})} />
      {help !== undefined && (
        <div id={`${id}-help`} className="text-12 text-ink-2">
          {help}
        </div>
      )}
      {problem !== null && (
        <div id={`${id}-problem`} role="alert" className="line-clamp-6 text-12 wrap-anywhere text-bad">
          {problem}
        </div>
      )}
    </div>
  )
}
