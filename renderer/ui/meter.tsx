import { classes } from './classes'

interface Props {
  /** 0..1; null while it moves without a known end. */
  fraction: number | null
  /** What is measured, said in words: `2.1 of 24 GB used by other apps`. */
  label: string
  /** `progress` is yellow and announced as progress, `level` is grey. */
  kind?: 'level' | 'progress'
  className?: string
}

/** A thin bar: a level such as memory used, or the progress of something. */
export function Meter({ fraction, label, kind = 'level', className }: Props) {
  const percent = fraction === null ? null : Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 10
  const progress = kind === 'progress'
  return (
    <span
      role={progress ? 'progressbar' : 'img'}
      aria-label={label}
      {...(progress && percent !== null ? { 'aria-valuenow': Math.round(percent), 'aria-valuemin': 0, 'aria-valuemax': 100 } : {})}
      className={classes('block h-1.5 overflow-hidden rounded-[3px] bg-select', className)}
    >
      <span
        className={classes('block h-full', progress ? 'bg-accent-edge' : 'bg-ink-2', percent === null && 'meter-waiting')}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </span>
  )
}
