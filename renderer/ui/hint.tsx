import type { ReactNode } from 'react'
import { Tooltip } from './tooltip'

interface Props {
  /** What hover and focus say. */
  text: ReactNode
  children: ReactNode
  className?: string
}

/** Words that say more on hover or focus, with a dotted line under them while they do. */
export function Hint({ text, children, className = '' }: Props) {
  return (
    <Tooltip text={text}>
      <button
        type="button"
        className={`cursor-help! text-left underline-offset-[3px] hover:underline hover:decoration-dotted ${className}`}
      >
        {children}
      </button>
    </Tooltip>
  )
}
