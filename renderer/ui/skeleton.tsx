import { classes } from './classes'

/** A grey bar of the final size where a value will be. Width in pixels or any CSS length. */
export function Skeleton({ width, height = 10, className }: { width: number | string; height?: number; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classes('pulse inline-block max-w-full rounded-[2px] bg-select align-middle', className)}
      style={{ width, height }}
    />
  )
}
