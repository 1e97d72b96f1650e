import type { ReactNode } from 'react'
import { Hint } from './hint'

export type Provenance = 'estimated' | 'published' | 'measured'

const words: Record<Provenance, string> = {
  estimated: 'estimated',
  published: 'published',
  measured: 'measured here',
}

/** Where a number comes from: ring = estimated, half = published, disc = measured here. */
export function ProvenanceMark({ of, silent = false }: { of: Provenance; silent?: boolean }) {
  const name = silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': words[of] }
  return (
    <svg
      {...name}
      viewBox="0 0 8 8"
      width="8"
      height="8"
      fill="none"
      strokeWidth="1.25"
      className="mr-[3px] inline-block shrink-0 stroke-ink-3 align-baseline"
    >
      {of === 'measured' ? <circle cx="4" cy="4" r="3.6" className="fill-ink-3 stroke-none" /> : <circle cx="4" cy="4" r="3" />}
      {of === 'published' && <path d="M4 1a3 3 0 0 1 0 6z" className="fill-ink-3 stroke-none" />}
    </svg>
  )
}

interface SourcedProps {
  of: Provenance
  /** Formula and inputs, the source, or when it was measured; null shows the mark alone. */
  why: ReactNode
  children: ReactNode
  className?: string
}

/** A number with its mark before it; hover or focus says where it comes from. */
export function Sourced({ of, why, children, className = '' }: SourcedProps) {
  const content = (
    <>
      <ProvenanceMark of={of} />
      {children}
    </>
  )
  if (why === null) return <span className={`whitespace-nowrap ${className}`}>{content}</span>
  return (
    <Hint className={`whitespace-nowrap ${className}`} text={why}>
      {content}
    </Hint>
  )
}

/** What the three marks mean, once a page. */
export function ProvenanceKey() {
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-11 text-ink-3">
      {(['estimated', 'published', 'measured'] as const).map(each => (
        <span key={each}>
          <ProvenanceMark of={each} silent />
          {words[each]}
        </span>
      ))}
    </p>
  )
}
