import { Popover as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes'

interface Props {
  /** One button. */
  trigger: ReactNode
  /** Its name for a screen reader. */
  label: string
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  align?: 'start' | 'center' | 'end'
  className?: string
}

/**
 * A small panel beside its button, for a few fields or a list; Esc and a click beside it close it, the page stays usable. It lies inside
 * the page's landmark and never inside an open dialog, which it is itself one of.
 */
export function Popover({ trigger, label, children, open, onOpenChange, align = 'end', className }: Props) {
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal container={document.getElementById('main') ?? document.body}>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classes(
            'z-20 flex max-h-[min(70vh,var(--radix-popover-content-available-height))] flex-col overflow-auto rounded-2 border border-edge bg-raised text-13 focus-visible:outline-none',
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
