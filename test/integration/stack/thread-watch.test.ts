import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { RequestRecord } from '../../../electron/core/gateway/gateway.types'
import { createEventBus } from '../../../electron/core/lib/event-bus'
import { watchThreads } from '../../../electron/core/stack/thread-watch'

/** A runtime on a real socket; the records are what the gateway tells after each answer. */
let server: Server | null = null
afterEach(() => {
  server?.close()
  server = null
})

async function runtimeWith(door: boolean) {
  const asked: unknown[] = []
  server = createServer((request, response) => {
    if (!door || request.url !== '/engine/threads') return response.writeHead(404).end()
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      asked.push(JSON.parse(body))
      response.end('{}')
    })
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server?.once('listening', resolve))
  return { asked, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function watched(address: string) {
  const records = createEventBus<RequestRecord>()
  const told: string[] = []
  const instance = { id: 'a-1', threads: 2, proof: { decodeTokensPerSecond: 100 } }
  watchThreads({
    gateway: { onRequest: records.subscribe, inFlight: () => 0 },
    supervisor: {
      get: () => instance,
      upstream: () => ({ address, headers: {} }),
      setThreads: (_id, threads) => (instance.threads = threads),
      notice: (_id, text) => told.push(text),
    },
    report: error => {
      throw error
    },
  })
  const answerAt = (tokensPerSecond: number) =>
    records.emit({ instanceId: 'a-1', outcome: 'done', itlMs: 1000 / tokensPerSecond, outputTokens: 50 } as RequestRecord)
  return { instance, told, answerAt }
}

test('when decoding collapses the engine is told to use fewer threads, and the person is told why', async () => {
  const runtime = await runtimeWith(true)
  const { instance, told, answerAt } = watched(runtime.address)
  for (const speed of [95, 90, 4, 5, 4]) answerAt(speed)
  await vi.waitFor(() => expect(runtime.asked).toEqual([{ threads: 1 }]))
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(instance.threads).toBe(1)
  expect(told[0]).toMatch(/threads were reduced from 2 to 1/)
})

test('a runtime that cannot change them while it runs only says what would help', async () => {
  const runtime = await runtimeWith(false)
  const { instance, told, answerAt } = watched(runtime.address)
  for (const speed of [3, 4, 3]) answerAt(speed)
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(instance.threads).toBe(2)
  expect(told[0]).toMatch(/restart it with fewer threads/)
})

test('an ordinary slower answer is no collapse', async () => {
  const runtime = await runtimeWith(true)
  const { told, answerAt } = watched(runtime.address)
  for (const speed of [60, 45, 40, 55, 50]) answerAt(speed)
  await new Promise(resolve => setTimeout(resolve, 50))
  expect([runtime.asked, told]).toEqual([[], []])
})
