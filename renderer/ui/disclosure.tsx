import ChevronRight from 'lucide-react/icons/chevron-right'
import type { ReactNode } from 'react'
import { Icon } from './icon'

interface Props {
  summary: ReactNode
  children: ReactNode
  /** Disclosures of one group close each other. */
  group?: string
  open?: boolean
  className?: string
}

/** A line that opens to show more: the native details element. */
export function Disclosure({ summary, children, group, open = false, className = '' }: Props) {
  return (
    <details className={`disclosure ${className}`} {...(group ? { name: group } : {})} open={open}>
      <summary className="flex items-center gap-1 py-0.5 text-ink-2 hover:text-ink">
        <Icon of={ChevronRight} className="turns" />
        {summary}
      </summary>
      {children}
    </details>
  )
}
