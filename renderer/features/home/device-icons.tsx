import type { SVGProps } from 'react'

const lines = { fill: 'none', stroke: 'currentColor', strokeLinecap: 'round', strokeLinejoin: 'round' } as const

/** A graphics card. */
export function GpuIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" {...lines} {...props}>
      <rect x="2.6" y="6" width="18.8" height="11.25" rx="1.5" />
      <circle cx="12" cy="11.6" r="3" />
      <path d="M6 17.25v3M10.5 17.25v3" />
    </svg>
  )
}

/** A processor. */
export function CpuIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" {...lines} {...props}>
      <rect x="6" y="6" width="12" height="12" rx="1.5" />
      <path d="M9.75 2.6V6M14.25 2.6V6M9.75 18v3.4M14.25 18v3.4M2.6 9.75H6M2.6 14.25H6M18 9.75h3.4M18 14.25h3.4" />
    </svg>
  )
}
