import type { SVGProps } from 'react'

/** Stop: a small square that leaves room around it, unlike the empty box of a tick. */
export function StopIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeLinejoin="round" {...props}>
      <rect x="6" y="6" width="12" height="12" rx="1.5" />
    </svg>
  )
}
