import type { Prediction } from '../../../electron/contract/predictions'
import { figure } from '../../ui/format'
import { runName } from './summary'

const size = 240
const margin = { left: 34, bottom: 26, top: 8, right: 8 }

/** Points beyond which they are drawn smaller. */
const crowded = 60

const isWrong = (row: Prediction) => row.flags.includes('outside-range')

/** Predicted over measured on logarithmic axes: a point on the diagonal was right, the bar is what was promised. */
export function Scatter({ rows }: { rows: readonly Prediction[] }) {
  const points = rows.flatMap(row => (row.predicted ? [{ row, predicted: row.predicted }] : []))
  if (points.length === 0) return null
  // Wrong ones are drawn last, so that no other hides them.
  points.sort((one, other) => Number(isWrong(one.row)) - Number(isWrong(other.row)))
  const radius = points.length > crowded ? 2 : 3
  const values = points.flatMap(({ row, predicted }) => [row.measured, predicted.low, predicted.high]).filter(value => value > 0)
  const [least, most] = [Math.log10(Math.min(...values)) - 0.08, Math.log10(Math.max(...values)) + 0.08]
  const share = (value: number) => (Math.log10(Math.max(value, 0.01)) - least) / (most - least)
  const x = (value: number) => margin.left + share(value) * (size - margin.left - margin.right)
  const y = (value: number) => size - margin.bottom - share(value) * (size - margin.top - margin.bottom)
  const ticks = [10 ** (least + 0.08), 10 ** ((least + most) / 2), 10 ** (most - 0.08)]
  return (
    <figure className="grid gap-1">
      <svg viewBox={`0 0 ${size} ${size}`} width={size} height={size} role="img" aria-label="Predicted over measured speed">
        <line
          x1={x(10 ** least)}
          y1={y(10 ** least)}
          x2={x(10 ** most)}
          y2={y(10 ** most)}
          className="stroke-frame"
          strokeDasharray="3 3"
        />
        <path d={`M${margin.left} ${margin.top}V${size - margin.bottom}H${size - margin.right}`} className="fill-none stroke-line" />
        {ticks.map(tick => (
          <g key={tick} className="fill-ink-3 text-11">
            <text x={x(tick)} y={size - margin.bottom + 12} textAnchor="middle">
              {figure(tick)}
            </text>
            <text x={margin.left - 4} y={y(tick) + 4} textAnchor="end">
              {figure(tick)}
            </text>
          </g>
        ))}
        {points.map(({ row, predicted }) => (
          <g key={row.id} className={isWrong(row) ? 'stroke-bad' : 'stroke-ink'}>
            <line x1={x(row.measured)} x2={x(row.measured)} y1={y(predicted.low)} y2={y(predicted.high)} />
            <circle cx={x(row.measured)} cy={y(predicted.mid)} r={radius} strokeWidth={1.5} className="fill-surface">
              <title>{`${runName(row)}: said ${figure(predicted.mid)}, measured ${figure(row.measured)} tok/s`}</title>
            </circle>
          </g>
        ))}
      </svg>
      <figcaption className="text-12 text-ink-3">Across: measured, up: predicted, tok/s. On the dashed line it was right.</figcaption>
    </figure>
  )
}
