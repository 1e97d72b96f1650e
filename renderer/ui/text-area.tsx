import type { Ref, TextareaHTMLAttributes } from 'react'
import { classes } from './classes'

interface Props extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref?: Ref<HTMLTextAreaElement> | undefined
}

/** Several lines of input with the look of the app; give it a label or an aria-label. */
export function TextArea({ className, ...rest }: Props) {
  return (
    <textarea
      className={classes('w-full resize-none rounded-1 border border-edge bg-surface px-2 py-[3px] disabled:text-ink-3', className)}
      {...rest}
    />
  )
}
