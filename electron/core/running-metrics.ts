import type { LiveFigure, RunningMetrics } from '../contract/metrics'
import type { RequestRecord } from './gateway/gateway.types'
import type { Clock } from './lib/clock'
import { watch } from './lib/watch'
import { pointsOf, type MetricsSample } from './metrics-points'
import type { LaunchPlan, Runtime, RuntimeMetrics } from './runtimes/runtime'

export type RunningMetricsDeps = {
  supervisor: {
    get(id: string): { runtime: string; state: { kind: string } } | null
    attempt(id: string): { plan: Pick<LaunchPlan, 'address' | 'headers'> } | null
    /** Told of each page that is asked for. */
    asks(id: string, path: string): void
  }
  gateway: { onRequest(listener: (record: RequestRecord) => void): () => void; inFlight(id?: string): number }
  runtimes: readonly Pick<Runtime, 'id' | 'title' | 'metrics'>[]
  clock: Clock
  fetch: typeof globalThis.fetch
  everyMs?: number
  spanMs?: number
}

/** A page of metrics that does not come by then is left out of this measurement. */
const pageWithinMs = 1_500
const pageMost = 8 * 1024 * 1024
/** Requests that are kept for each instance; more than anybody makes in five minutes at one screen. */
const recordsMost = 5_000

type Followed = { samples: MetricsSample[]; listeners: Set<(now: RunningMetrics) => void>; timer: NodeJS.Timeout | null; asking: boolean }

/** Follows the figures of running instances, but only of those that somebody looks at, and only while they look. */
export function createRunningMetrics(deps: RunningMetricsDeps) {
  const { everyMs = 2_000, spanMs = 300_000 } = deps
  const followed = new Map<string, Followed>()
  const records = new Map<string, RequestRecord[]>()
  const nowMs = () => Date.parse(deps.clock.wall())

  deps.gateway.onRequest(record => {
    if (record.instanceId === null) return
    const own = records.get(record.instanceId)
    if (!own) records.set(record.instanceId, [record])
    // Cut now and then, not with each request: what is too old belongs to no stretch and does no harm.
    else if (own.push(record) > 2 * recordsMost) own.splice(0, own.length - recordsMost)
  })

  function snapshot(id: string): RunningMetrics {
    const samples = followed.get(id)?.samples ?? []
    const points = pointsOf(samples, records.get(id) ?? [])
    const runtime = deps.runtimes.find(each => each.id === deps.supervisor.get(id)?.runtime)
    return { instance: id, everyMs, spanMs, points, ...sourcesOf(runtime, samples.at(-1)?.metrics ?? null) }
  }

  async function measure(id: string, own: Followed) {
    if (own.asking) return
    own.asking = true
    const metrics = await readPage(deps, id)
    own.asking = false
    const atMs = nowMs()
    own.samples = [...own.samples.filter(each => each.atMs > atMs - spanMs), { atMs, metrics, inFlight: deps.gateway.inFlight(id) }]
    const now = snapshot(id)
    for (const listener of own.listeners) listener(now)
  }

  function subscribe(id: string, listener: (now: RunningMetrics) => void): () => void {
    const own = followed.get(id) ?? { samples: [], listeners: new Set(), timer: null, asking: false }
    followed.set(id, own)
    own.listeners.add(listener)
    if (own.timer === null) {
      own.timer = setInterval(() => void measure(id, own), everyMs).unref()
      void measure(id, own)
    }
    return () => {
      own.listeners.delete(listener)
      if (own.listeners.size > 0 || own.timer === null) return
      clearInterval(own.timer)
      own.timer = null
      forgetGone()
    }
  }

  function forgetGone() {
    for (const id of [...followed.keys(), ...records.keys()]) {
      if (deps.supervisor.get(id) !== null || (followed.get(id)?.listeners.size ?? 0) > 0) continue
      followed.delete(id)
      records.delete(id)
    }
  }

  return {
    watch: (id: string, signal: AbortSignal | undefined) =>
      watch<RunningMetrics>({ signal, snapshot: () => snapshot(id), subscribe: listener => subscribe(id, listener) }),
  }
}

/** Null while it is not ready, has no page, or does not answer: the measurement then holds what the gateway saw. */
async function readPage({ supervisor, runtimes, fetch }: RunningMetricsDeps, id: string): Promise<RuntimeMetrics | null> {
  const instance = supervisor.get(id)
  const map = runtimes.find(each => each.id === instance?.runtime)?.metrics
  const plan = supervisor.attempt(id)?.plan
  if (!map || !plan || instance?.state.kind !== 'ready') return null
  try {
    supervisor.asks(id, map.path)
    const options = { headers: plan.headers, redirect: 'manual', signal: AbortSignal.timeout(pageWithinMs) } as const
    const reply = await fetch(plan.address + map.path, options)
    const body = await reply.text()
    return reply.ok && body.length <= pageMost ? map.parse(body) : null
  } catch {
    return null
  }
}

type Sources = Pick<RunningMetrics, 'from' | 'notes'>

function sourcesOf(runtime: Pick<Runtime, 'title' | 'metrics'> | undefined, last: RuntimeMetrics | null): Sources {
  const told = (value: number | null | undefined, otherwise: 'gateway' | 'nobody') =>
    value === null || value === undefined ? otherwise : 'runtime'
  const from: Record<LiveFigure, 'runtime' | 'gateway' | 'nobody'> = {
    tokensPerSecond: told(last?.generatedTokens, 'gateway'),
    running: told(last?.running, 'gateway'),
    waiting: told(last?.waiting, 'nobody'),
    kvUse: told(last?.kvUse, 'nobody'),
    // A mean over its life says nothing of now; the gateway times each first token.
    ttftMs: 'gateway',
  }
  const title = runtime?.title ?? 'This runtime'
  if (last === null) return { from, notes: [`${title} tells no figures of its own here: what is shown passed through the gateway.`] }
  const absent = runtime?.metrics?.absent ?? {}
  return { from, notes: [absent.kvUse, absent.running, absent.waiting].flatMap(each => each ?? []) }
}
