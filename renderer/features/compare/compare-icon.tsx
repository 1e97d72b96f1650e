import type { SVGProps } from 'react'

/** Compare: two panes side by side. */
export function CompareIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeLinejoin="round" {...props}>
      <rect x="2.6" y="4.1" width="7.6" height="15.8" rx="1.5" />
      <rect x="13.8" y="4.1" width="7.6" height="15.8" rx="1.5" />
    </svg>
  )
}
