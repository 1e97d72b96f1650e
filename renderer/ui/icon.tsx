import type { ComponentType, SVGProps } from 'react'
import { classes } from './classes'

/** A drawing on a square grid that takes its colour from the text: a lucide icon or one of ours. */
export type IconDrawing = ComponentType<SVGProps<SVGSVGElement>>

interface Props {
  of: IconDrawing
  /** 16 px beside body text, 12 px in low buttons. */
  small?: boolean
  className?: string | undefined
}

/** An icon beside a word; it says nothing to a screen reader, the word does. Lines are 1.5 px whatever the size. */
export function Icon({ of: Drawing, small = false, className }: Props) {
  const size = small ? 12 : 16
  return (
    <Drawing
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      strokeWidth={36 / size}
      className={classes('shrink-0', className)}
    />
  )
}
