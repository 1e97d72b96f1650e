import type { SVGProps } from 'react'

/** The roundhouse itself, for the first place. */
export function HomeIcon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeLinecap="round" strokeLinejoin="round" {...props}>
      <path d="M3 20.25V12.3a9 9 0 0 1 18 0v7.95M3 20.25h18M8.25 20.25v-6M12 20.25v-6M15.75 20.25v-6" />
    </svg>
  )
}
