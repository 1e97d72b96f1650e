import { memo, useMemo, useState, type CSSProperties } from 'react'
import type { RuntimeDetail, RuntimesSnapshot } from '../../../electron/contract/runtime-detail'
import { Button } from '../../ui/button'
import { classes } from '../../ui/classes'
import { HeadCell, RowHead, Table } from '../../ui/table'
import { Tooltip } from '../../ui/tooltip'
import { useSettings } from '../shared/settings.store'
import { rankMatrix, weightMost, weightsOf, type MatrixRow, type Weights } from './matrix-score'

interface Props {
  snapshot: RuntimesSnapshot
}

/** Runtimes by dimensions as a heat table; a weight for each dimension ranks it anew at once. */
export function Matrix({ snapshot: { runtimes, dimensions } }: Props) {
  const need = useSettings(store => store.settings?.need)
  const usual = useMemo(() => (need ? weightsOf(need, dimensions) : {}), [need, dimensions])
  const [own, setOwn] = useState<Weights | null>(null)
  const [all, setAll] = useState(false)
  const weights = own ?? usual
  const judged = runtimes.filter(each => Object.keys(each.matrix).length > 0)
  const shown = all ? judged : judged.filter(each => each.tier === 'first-class')
  const rows = useMemo(() => rankMatrix(shown, weights), [shown, weights])
  return (
    <div className="pb-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-gut pt-5 pb-2">
        <h2>Matrix</h2>
        <span className="min-w-0 flex-1 text-12 text-ink-2">
          {own ? 'ranked by your weights' : 'ranked for the need on Home'}
          <span className="ml-3 inline-flex items-center gap-1.5 text-11 text-ink-3">
            <Changed /> has changed since the source was written
          </span>
        </span>
        <Button tone="quiet" size="low" disabled={own === null} onClick={() => setOwn(null)}>
          Reset weights
        </Button>
        <Button tone="quiet" size="low" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? 'First class only' : `All ${judged.length}`}
        </Button>
      </div>
      <Table label="Matrix">
        <thead>
          <tr>
            <HeadCell className="sticky left-0 z-1 pl-gut!">
              <span className="sr-only">Runtime</span>
            </HeadCell>
            {dimensions.map(({ id, title, asks }) => (
              <HeadCell key={id} title={asks} className="h-9! min-w-22">
                {title}
              </HeadCell>
            ))}
            <HeadCell number className="pr-gut!">
              Score
            </HeadCell>
          </tr>
          <tr>
            <RowHead className="sticky left-0 z-1 bg-sunken pl-gut! text-12 text-ink-2">Weight</RowHead>
            {dimensions.map(({ id, title }) => (
              <td key={id} className="h-8 border-b border-line bg-sunken px-2">
                <Weight title={title} value={weights[id] ?? 0} onChange={value => setOwn({ ...weights, [id]: value })} />
              </td>
            ))}
            <td className="border-b border-line bg-sunken" />
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row key={row.runtime.id} row={row} dimensions={dimensions} />
          ))}
        </tbody>
      </Table>
      <p className="px-gut pt-2 text-12 text-ink-3">
        The tiers are judgements with their source on hover, not measurements. What is measured on this machine counts more.
      </p>
    </div>
  )
}

function Weight({ title, value, onChange }: { title: string; value: number; onChange: (value: number) => void }) {
  return (
    <span className="flex items-center gap-1.5">
      <input
        type="range"
        min={0}
        max={weightMost}
        step={1}
        value={value}
        aria-label={`Weight of ${title}`}
        className="range w-14 min-w-0 flex-1"
        onChange={event => onChange(Number(event.target.value))}
      />
      <b className="w-2 text-12 font-semibold">{value}</b>
    </span>
  )
}

const Row = memo(function Row({
  row: { runtime, score, rank },
  dimensions,
}: {
  row: MatrixRow
  dimensions: RuntimesSnapshot['dimensions']
}) {
  return (
    <tr>
      <RowHead className="sticky left-0 z-1 h-9! bg-surface pl-gut!">
        <span className="mr-1 inline-block w-4 text-ink-3">{rank}</span>
        <span className="font-semibold">{runtime.title}</span>
      </RowHead>
      {dimensions.map(({ id, title }) => (
        <HeatCell key={id} runtime={runtime} id={id} title={title} />
      ))}
      <td className="h-9 border-b border-line pr-gut pl-2 text-right text-14 font-semibold">{score ?? '–'}</td>
    </tr>
  )
})

const heat = { excellent: 4, strong: 3, acceptable: 2, limited: 1 } as const

function HeatCell({ runtime, id, title }: { runtime: RuntimeDetail; id: string; title: string }) {
  const cell = runtime.matrix[id]
  if (!cell || cell.tier === null) {
    return (
      <td className="h-9 border-b border-line px-2 text-12 text-ink-3" title={cell?.says ?? 'Not judged.'}>
        n/a
      </td>
    )
  }
  const level = heat[cell.tier]
  const style: CSSProperties = { background: `var(--h${level})`, color: `var(--h${level}-ink)` }
  return (
    <td className="relative h-9 border-r border-b border-surface p-0 text-12" style={style}>
      <Tooltip
        text={
          <span className="grid gap-1">
            <span>{cell.says}</span>
            {cell.now !== null && <span>Now: {cell.now}</span>}
            <span className="text-ink-3">{runtime.matrixSource}</span>
          </span>
        }
      >
        <button
          type="button"
          aria-label={`${runtime.title}, ${title}: ${cell.tier}${cell.now === null ? '' : ', changed since'}`}
          className="block h-full min-h-9 w-full cursor-help! px-2 text-left focus-visible:-outline-offset-2"
        >
          {cell.tier}
        </button>
      </Tooltip>
      {cell.now !== null && <Changed className="absolute top-1.5 right-1.5" />}
    </td>
  )
}

function Changed({ className }: { className?: string }) {
  return <span aria-hidden="true" className={classes('inline-block size-[5px] rounded-full bg-current', className)} />
}
