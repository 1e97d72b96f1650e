import type { ReactNode } from 'react'

/** One way of a model: who, in what words, and what can be done. */
export function ReachLine({ name, words, children }: { name: string; words: ReactNode; children?: ReactNode }) {
  return (
    <li className="grid grid-cols-[9rem_1fr_auto] items-start gap-x-3 border-t border-line py-1.5">
      <span className="font-semibold">{name}</span>
      <span className="min-w-0 text-ink-2 wrap-anywhere">{words}</span>
      <span>{children}</span>
    </li>
  )
}
