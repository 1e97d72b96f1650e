import type { ReactNode } from 'react'
import { CodeBlock } from './code-block'
import { CopyButton } from './copy-button'
import { StateWord } from './state-word'

export interface FailureCardProps {
  /** What happened, in a few plain words. */
  headline: string
  /** The explanation, a sentence or two; null when the headline says it. */
  explanation: string | null
  /** The lines that prove it. */
  lines?: readonly string[]
  /** Up to three buttons that fix it. */
  children?: ReactNode
  /** What the copied report says beside the above: versions, exit code, command. */
  report?: string
  /** Heading level for the place it stands in. */
  level?: 2 | 3
}

/** A failure as a card: what happened, the lines that prove it, the buttons that fix it, and a report to copy. */
export function FailureCard({ headline, explanation, lines = [], children, report = '', level = 2 }: FailureCardProps) {
  const Heading = level === 2 ? 'h2' : 'h3'
  const full = [headline, explanation ?? '', ...lines, report].filter(Boolean).join('\n')
  return (
    <section role="alert" aria-label={headline} className="grid min-w-0 gap-3 rounded-2 border border-frame px-5 py-4">
      <div className="flex min-w-0 items-start gap-2">
        <Heading className="min-w-0 flex-1 text-16 font-semibold">
          <StateWord tone="bad">
            <span className="whitespace-normal">{headline}</span>
          </StateWord>
        </Heading>
        <CopyButton text={full} label="Copy report" />
      </div>
      {explanation !== null && <p className="max-w-[72ch] wrap-anywhere text-ink-2">{explanation}</p>}
      {lines.length > 0 && <CodeBlock label="The lines that prove it" text={lines.join('\n')} wrap />}
      {children && <div className="flex flex-wrap gap-2">{children}</div>}
    </section>
  )
}
