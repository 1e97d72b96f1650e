import type { ButtonHTMLAttributes, Ref } from 'react'
import { classes } from './classes'
import { Icon, type IconDrawing } from './icon'

export type ButtonTone = 'plain' | 'go' | 'quiet'
export type ButtonSize = 'low' | 'normal' | 'big'

export interface ButtonLook {
  /** `go` is the one yellow button of a view, `quiet` has no edge. */
  tone?: ButtonTone | undefined
  size?: ButtonSize | undefined
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, ButtonLook {
  icon?: IconDrawing | undefined
  ref?: Ref<HTMLButtonElement> | undefined
}

const sizes: Record<ButtonSize, string> = {
  low: 'h-6 px-2 text-12',
  normal: 'h-7 px-2.5 text-13',
  big: 'h-9 px-5 text-14',
}

const tones: Record<ButtonTone, string> = {
  plain: 'border-edge bg-raised text-ink hover:bg-hover disabled:border-frame disabled:bg-transparent',
  go: 'border-accent-edge bg-accent font-semibold text-accent-ink hover:bg-accent-hover disabled:border-frame disabled:bg-transparent disabled:font-normal',
  quiet: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink disabled:hover:bg-transparent',
}

/** The classes of a button, for a link that looks like one. */
export function buttonClasses({ tone = 'plain', size = 'normal' }: ButtonLook = {}): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-1 border whitespace-nowrap no-underline disabled:text-ink-3',
    sizes[size],
    tones[tone],
  )
}

/** A button with a word, with or without an icon before it. */
export function Button({ tone, size, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classes(buttonClasses({ tone, size }), className)} {...rest}>
      {icon && <Icon of={icon} small={size === 'low'} />}
      {children}
    </button>
  )
}
