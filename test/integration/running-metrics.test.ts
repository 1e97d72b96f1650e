import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunningMetrics } from '../../electron/contract/metrics'
import type { RequestRecord } from '../../electron/core/gateway/gateway.types'
import { systemClock } from '../../electron/core/lib/clock'
import { createRunningMetrics } from '../../electron/core/running-metrics'
import { noMetrics, parsePrometheus, sumOf } from '../../electron/core/runtimes/prometheus'

/** A real page of metrics, polled over HTTP: its counter grows by 30 with each look. */
let server: Server
let address: string
let asked: string[] = []

beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`)
    response.end(`# TYPE tokens_total counter\ntokens_total ${asked.length * 30}\nwaiting{model="m"} 1\n`)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise(resolve => server.close(resolve)))

const map = {
  path: '/metrics',
  parse: (body: string) => ({
    ...noMetrics,
    generatedTokens: sumOf(parsePrometheus(body), 'tokens_total'),
    waiting: sumOf(parsePrometheus(body), 'waiting'),
  }),
  absent: { kvUse: 'It has no measure of its cache.' },
  source: 'test',
}

function metricsOf(runtimes: Parameters<typeof createRunningMetrics>[0]['runtimes']) {
  let tell: (record: RequestRecord) => void = () => undefined
  const told: string[] = []
  const service = createRunningMetrics({
    supervisor: {
      get: id => (id === 'one' ? { runtime: 'a', state: { kind: 'ready' } } : null),
      asks: (id, path) => void told.push(`${id} ${path}`),
      attempt: () => ({ plan: { address, headers: { authorization: 'Bearer secret' } } }),
    },
    gateway: { onRequest: listener => ((tell = listener), () => undefined), inFlight: () => 3 },
    ...{ runtimes, clock: systemClock, fetch: globalThis.fetch, everyMs: 40 },
  })
  return { service, told, tell: (record: RequestRecord) => tell(record) }
}

async function take(stream: AsyncIterable<RunningMetrics>, count: number): Promise<RunningMetrics> {
  let last: RunningMetrics | null = null
  let left = count
  for await (const each of stream) {
    last = each
    if (--left === 0) break
  }
  if (!last) throw new Error('nothing came')
  return last
}

test('a page is asked only while somebody watches, with the secret of the start', async () => {
  const { service, told } = metricsOf([{ id: 'a', title: 'A', metrics: map }])
  await sleep(120)
  expect(asked).toEqual([])
  const controller = new AbortController()
  const { points, from, notes } = await take(service.watch('one', controller.signal), 5)
  controller.abort()
  expect(asked[0]).toBe('/metrics Bearer secret')
  expect(told).toHaveLength(asked.length)
  expect(told[0]).toBe('one /metrics')
  expect(points[0]?.tokensPerSecond).toBeNull()
  for (const point of points.slice(1)) expect(point.tokensPerSecond).toBeGreaterThan(100)
  expect(points.at(-1)).toMatchObject({ running: 3, waiting: 1, kvUse: null })
  expect(from).toMatchObject({ tokensPerSecond: 'runtime', running: 'gateway', kvUse: 'nobody', ttftMs: 'gateway' })
  expect(notes).toEqual(['It has no measure of its cache.'])
  await sleep(100)
  const after = asked.length
  await sleep(150)
  expect(asked.length).toBe(after)
})

test('two watchers cost one look, and the second sees what was before', async () => {
  const { service } = metricsOf([{ id: 'a', title: 'A', metrics: map }])
  const first = new AbortController()
  await take(service.watch('one', first.signal), 4)
  const second = new AbortController()
  expect((await take(service.watch('one', second.signal), 1)).points.length).toBeGreaterThanOrEqual(2)
})

test('without a page it tells what passed through the gateway, and says so', async () => {
  const { service, tell } = metricsOf([{ id: 'a', title: 'A' }])
  const controller = new AbortController()
  const stream = service.watch('one', controller.signal)
  const startedAt = new Date(Date.now() + 20).toISOString()
  setTimeout(() => tell({ instanceId: 'one', startedAt, totalMs: 60, ttftMs: 20, outputTokens: 40 } as RequestRecord), 100)
  const { points, from, notes } = await take(stream, 7)
  controller.abort()
  expect(asked).toEqual([])
  expect(Math.max(...points.map(each => each.tokensPerSecond ?? 0))).toBeGreaterThan(0)
  expect(from.tokensPerSecond).toBe('gateway')
  expect(notes[0]).toContain('passed through the gateway')
})
