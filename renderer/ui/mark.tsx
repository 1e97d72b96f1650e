/** The sign of the app: a turntable with one lit track. Decoration beside the name. */
export function Mark({ size = 22, stroke = 1.5 }: { size?: number; stroke?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={stroke}
      strokeLinecap="round"
      className="shrink-0"
    >
      <path d="M3.77 17.75A9.5 9.5 0 0 1 14.94 3.96M20.39 8.54a9.5 9.5 0 0 1-.16 9.21" />
      <circle cx="12" cy="13" r="4.5" />
      <path className="stroke-accent-edge" strokeWidth={stroke + 0.75} d="M9.11 16.45 18.75 4.96" />
    </svg>
  )
}
