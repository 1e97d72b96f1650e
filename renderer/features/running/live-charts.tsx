import { useEffect } from 'react'
import type { LiveFigure, LivePoint, RunningMetrics } from '../../../electron/contract/metrics'
import { figure, firstToken, whole } from '../../ui/format'
import { linePath, niceMost } from './live-path'
import { followLive, useLive } from './live.store'

const [width, height] = [200, 36]

interface Chart {
  name: string
  unit: string
  /** The first is the one whose value is written large. */
  lines: readonly LiveFigure[]
  words(value: number | null): string
  /** Top of the scale when little happens; a fixed one for shares. */
  least: number
  fixed?: boolean
}

const share = (value: number | null) => (value === null ? '–' : String(Math.round(value * 100)))

const charts: readonly Chart[] = [
  { name: 'Speed now', unit: 'tok/s', lines: ['tokensPerSecond'], words: figure, least: 10 },
  { name: 'Running, waiting', unit: '', lines: ['running', 'waiting'], words: whole, least: 2 },
  { name: 'KV cache in use', unit: '%', lines: ['kvUse'], words: share, least: 1, fixed: true },
  { name: 'Last first token', unit: '', lines: ['ttftMs'], words: firstToken, least: 100 },
]

/** What the instance does now and did in the last five minutes; its room is kept before the first figures come. */
export function LiveCharts({ instance }: { instance: string }) {
  const { metrics, refused } = useLive()
  useEffect(() => {
    const controller = new AbortController()
    followLive(instance, controller.signal)
    return () => controller.abort()
  }, [instance])
  if (refused) return null
  const own = metrics?.instance === instance ? metrics : null
  return (
    <section aria-label="The last five minutes" className="border-b border-line">
      <dl className="instance-figures">
        {charts.map(chart => (
          <LiveChart key={chart.name} chart={chart} metrics={own} />
        ))}
      </dl>
      <p className="live-note px-gut pb-2 text-11 text-ink-3">{noteOf(own)}</p>
    </section>
  )
}

function LiveChart({ chart, metrics }: { chart: Chart; metrics: RunningMetrics | null }) {
  const points = metrics?.points ?? []
  const values = chart.lines.flatMap(line => points.map(point => point[line]))
  const most = chart.fixed ? chart.least : niceMost(values, chart.least)
  const nobody = metrics !== null && chart.lines.every(line => metrics.from[line] === 'nobody')
  return (
    <div className="min-w-0 px-4 py-2" title={nobody ? metrics.notes.join(' ') : undefined}>
      <dt className="text-12 text-ink-2">{chart.name}</dt>
      <dd className="truncate text-16 font-semibold tabular-nums">
        {chart.lines.map(line => chart.words(latest(points, line))).join(', ')}{' '}
        {chart.lines.some(line => latest(points, line) !== null) && <small className="text-12 font-normal text-ink-2">{chart.unit}</small>}
      </dd>
      <dd>
        <svg
          role="img"
          aria-label={saying(chart, points)}
          viewBox={`0 -2 ${width} ${height + 4}`}
          preserveAspectRatio="none"
          className="live-chart"
        >
          <line className="live-base" x1="0" x2={width} y1={height} y2={height} />
          {metrics &&
            chart.lines.map((line, index) => (
              <path
                key={line}
                className={index === 0 ? 'live-line' : 'live-line live-line-second'}
                d={linePath(
                  points.map(point => ({ atMs: point.atMs, value: point[line] })),
                  { endMs: points.at(-1)?.atMs ?? 0, spanMs: metrics.spanMs, most, width, height },
                )}
              />
            ))}
        </svg>
      </dd>
    </div>
  )
}

/** First tokens come seldom, so the last one stays; everything else is as it is now. */
function latest(points: readonly LivePoint[], line: LiveFigure): number | null {
  if (line !== 'ttftMs') return points.at(-1)?.[line] ?? null
  return points.findLast(point => point.ttftMs !== null)?.ttftMs ?? null
}

/** For those who cannot see the line: now and the most there was. */
function saying({ name, lines, words, unit }: Chart, points: readonly LivePoint[]): string {
  const said = lines.map(line => {
    const known = points.flatMap(point => point[line] ?? [])
    return known.length === 0 ? 'not known' : `now ${words(latest(points, line))}, at most ${words(Math.max(...known))}`
  })
  return `${name}${unit === '' ? '' : ` in ${unit}`}, last five minutes: ${said.join('; ')}`
}

function noteOf(metrics: RunningMetrics | null): string {
  if (metrics === null) return 'Measuring…'
  const quiet = metrics.points.every(point => (point.tokensPerSecond ?? 0) === 0 && (point.running ?? 0) === 0)
  return (
    [quiet ? 'Nothing was asked through the gateway in the last five minutes.' : null, ...metrics.notes].filter(Boolean).join(' ') ||
    'Measured by the runtime itself.'
  )
}
