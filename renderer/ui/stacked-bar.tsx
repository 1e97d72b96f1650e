import type { ReactNode } from 'react'
import { classes } from './classes'
import { Hint } from './hint'
import { Workings } from './workings'

export interface BarPart {
  key: string
  /** Name over the value, `weights`. */
  name: string
  /** Size on the scale; parts and rest are drawn in proportion. */
  size: number
  /** As it is written: `8.8 GB`. */
  value: string
  /** Fill by position in the data ramp; `between`: of what belongs to the first; `empty` is an outline: what is left. */
  fill: 1 | 'between' | 2 | 3 | 4 | 'empty'
  /** How it was reckoned, on hover. */
  hint?: string | undefined
}

interface Props {
  parts: readonly BarPart[]
  /** The whole in words for a screen reader. */
  label: string
  /** Without the names under the parts. */
  bare?: boolean
  /** Where the capacity ends when the parts go beyond it, on the same scale as the sizes. */
  limit?: number | undefined
}

const fills: Record<BarPart['fill'], string> = {
  1: 'bg-part-1',
  between: 'bg-[color-mix(in_oklab,var(--color-part-1),var(--color-part-2))]',
  2: 'bg-part-2',
  3: 'bg-part-3',
  4: 'bg-part-4',
  empty: 'rounded-r-[3px] border border-l-0 border-edge',
}

/** Narrower parts have no room for a name under them; then all names stand in a legend. */
const narrowestNamedShare = 0.085

/** Parts of a whole to scale, with name over value under the left edge of each, or in a legend when some are too narrow. */
export function StackedBar({ parts, label, bare = false, limit }: Props) {
  const shown = parts.filter(part => part.size > 0)
  const sum = shown.reduce((total, part) => total + part.size, 0)
  return (
    <div className="relative">
      <div role="img" aria-label={label} className={classes('flex gap-px overflow-hidden rounded-[3px]', bare ? 'h-2.5' : 'h-5')}>
        {shown.map(part => (
          <span key={part.key} title={part.hint} className={classes('block min-w-0.5', fills[part.fill])} style={{ flex: part.size }} />
        ))}
      </div>
      {limit !== undefined && (
        <span
          aria-hidden="true"
          title="What there is ends here"
          className={classes('absolute -top-1 w-0.5 bg-bad', bare ? 'h-[18px]' : 'h-7')}
          style={{ left: `${(100 * limit) / sum}%` }}
        />
      )}
      {!bare && (shown.every(part => part.size / sum >= narrowestNamedShare) ? <Names parts={shown} /> : <Legend parts={shown} />)}
    </div>
  )
}

function Names({ parts }: { parts: readonly BarPart[] }) {
  return (
    <div className="mt-1 flex gap-px">
      {parts.map(part => (
        <span key={part.key} className="min-w-0 whitespace-nowrap" style={{ flex: `${part.size} 1 0` }}>
          <Explained part={part}>
            <span className="block text-11 text-ink-3">{part.name}</span>
            {part.value}
          </Explained>
        </span>
      ))}
    </div>
  )
}

function Legend({ parts }: { parts: readonly BarPart[] }) {
  return (
    <div className="mt-1 flex flex-wrap gap-x-5 gap-y-1">
      {parts.map(part => (
        <span key={part.key} className="whitespace-nowrap">
          <Explained part={part}>
            <span className="flex items-center gap-1 text-11 text-ink-3">
              <span className={classes('size-2 rounded-[2px]', part.fill === 'empty' ? 'border border-edge' : fills[part.fill])} />
              {part.name}
            </span>
            {part.value}
          </Explained>
        </span>
      ))}
    </div>
  )
}

/** The label says its figures already; what it stands for comes on hover and on focus. */
function Explained({ part: { name, value, hint }, children }: { part: BarPart; children: ReactNode }) {
  if (hint === undefined) return <span aria-hidden="true">{children}</span>
  return <Hint text={<Workings head={`${name}, ${value}`} lines={hint.split('\n')} />}>{children}</Hint>
}
