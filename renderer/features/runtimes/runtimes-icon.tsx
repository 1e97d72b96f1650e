import type { SVGProps } from 'react'

/** A wheel of the turntable. */
export function RuntimesIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round" {...props}>
      <circle cx="12" cy="12" r="8.6" />
      <circle cx="12" cy="12" r="2.25" />
      <path d="M12 3.4v6.35M12 14.25v6.35M3.4 12h6.35M14.25 12h6.35" />
    </svg>
  )
}
