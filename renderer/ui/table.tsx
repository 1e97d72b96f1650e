import type { ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react'
import { classes } from './classes'

/** A table that scrolls sideways inside itself, with a name and a tab stop. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={classes('relative min-w-0 overflow-auto focus-visible:-outline-offset-2', className)}
    >
      <table className="w-full border-collapse text-12">{children}</table>
    </div>
  )
}

interface HeadProps extends ThHTMLAttributes<HTMLTableCellElement> {
  /** Numbers are right-aligned. */
  number?: boolean
}

/** A cell of the head row. */
export function HeadCell({ number = false, className, ...rest }: HeadProps) {
  return (
    <th
      scope="col"
      className={classes(
        'h-7 border-b border-line bg-sunken px-2 font-normal whitespace-nowrap text-ink-3',
        number ? 'text-right' : 'text-left',
        className,
      )}
      {...rest}
    />
  )
}

/** The cell that names a row. */
export function RowHead({ className, ...rest }: ThHTMLAttributes<HTMLTableCellElement>) {
  return (
    <th
      scope="row"
      className={classes('h-7 border-b border-line px-2 text-left font-normal whitespace-nowrap text-ink', className)}
      {...rest}
    />
  )
}

interface CellProps extends TdHTMLAttributes<HTMLTableCellElement> {
  number?: boolean
}

/** A value of a row. */
export function Cell({ number = false, className, ...rest }: CellProps) {
  return <td className={classes('h-7 border-b border-line px-2 whitespace-nowrap', number && 'text-right', className)} {...rest} />
}
