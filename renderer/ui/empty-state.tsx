import type { ReactNode } from 'react'

/** An empty place teaches: one sentence and the one button that fills it. */
export function EmptyState({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="grid justify-items-start gap-3 px-gut py-8">
      <p className="max-w-[56ch] text-ink-2">{children}</p>
      {action}
    </div>
  )
}
