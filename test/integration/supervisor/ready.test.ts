import { createServer, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import type { LaunchPlan, PrepareStep } from '../../../electron/core/runtimes/runtime'
import { becomeReady, type ReadyDeps } from '../../../electron/core/supervisor/ready'
import { fakeFile } from './harness'
import { readFile } from 'node:fs/promises'

let close = () => Promise.resolve()
afterEach(() => close())

type Answer = { status: number; body: string }

/** A real HTTP server that answers by a table and keeps what it was asked. */
async function serve(answers: Readonly<Record<string, Answer | readonly Answer[]>>) {
  const asked: { line: string; body: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const line = `${request.method ?? ''} ${request.url ?? ''}`
      let body = ''
      for await (const chunk of request.setEncoding('latin1')) body += String(chunk)
      const before = asked.filter(each => each.line === line).length
      asked.push({ line, body, headers: request.headers })
      const found = answers[line] ?? { status: 404, body: 'no such path' }
      const list = Array.isArray(found) ? (found as readonly Answer[]) : [found as Answer]
      const answer = list[Math.min(before, list.length - 1)]
      response.writeHead(answer?.status ?? 404)
      response.end(answer?.body)
    })()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  close = () =>
    new Promise(resolve => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const address = server.address()
  return { asked, address: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` }
}

const token = { status: 200, body: '{"choices":[{"text":"x"}]}' }
const ok = { status: 200, body: 'ok' }

const planAt = (address: string, prepare: readonly PrepareStep[] = []): LaunchPlan => ({
  process: { kind: 'attach' },
  ...{ address, headers: { authorization: 'Bearer k' }, upstreamModel: 'm', readyPath: '/health', prepare, stallMs: 1_000 },
  stop: { graceMs: 1, secondSignal: false },
})

function ready(plan: LaunchPlan, more: Partial<ReadyDeps> = {}) {
  const seen: string[] = []
  const done = becomeReady(plan, {
    fetch: globalThis.fetch,
    signal: AbortSignal.timeout(5_000),
    owner: () => Promise.resolve('ours'),
    onStep: step => seen.push(step),
    onHealth: health => seen.push(health),
    onHealthy: () => seen.push('healthy'),
    timings: { healthEveryMs: 10, healthTimeoutMs: 200, probeMs: 300 },
    ...more,
  })
  return { done, seen }
}

const upload: PrepareStep = { kind: 'upload', title: 'Sending the file', path: '/blobs/1', file: fakeFile, timeoutMs: 2_000 }
const json: PrepareStep = { kind: 'json', title: 'Creating', method: 'POST', path: '/create', body: { name: 'm' }, timeoutMs: 2_000 }

describe('becoming ready', () => {
  test('goes through health, the steps and one token, each with the headers of the plan', async () => {
    const { asked, address } = await serve({
      'GET /health': [{ status: 503, body: 'loading' }, { status: 503, body: 'loading' }, ok],
      'POST /blobs/1': ok,
      'POST /create': { status: 200, body: '{"status":"success"}' },
      'POST /v1/chat/completions': token,
    })
    const { done, seen } = ready(planAt(address, [upload, json]))
    await done
    expect(seen).toEqual(['503', '200', 'healthy', 'Sending the file', 'Creating', 'Asking for one token'])
    expect(asked.map(each => each.line).slice(3)).toEqual(['HEAD /blobs/1', 'POST /blobs/1', 'POST /create', 'POST /v1/chat/completions'])
    expect(new Set(asked.map(each => each.headers.authorization))).toEqual(new Set(['Bearer k']))
    expect(asked.find(each => each.line === 'POST /blobs/1')?.body).toBe(await readFile(fakeFile, 'latin1'))
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toMatchObject({ model: 'm', max_tokens: 1 })
  })

  test('does not send a file that is there', async () => {
    const { asked, address } = await serve({ 'GET /health': ok, 'HEAD /blobs/1': ok, 'POST /v1/chat/completions': token })
    await ready(planAt(address, [upload])).done
    expect(asked.map(each => each.line)).not.toContain('POST /blobs/1')
  })

  test('an error inside a stream of progress is an error', async () => {
    const body = '{"status":"reading"}\n{"error":"supplied file was not in GGUF format"}\n'
    const { address } = await serve({ 'GET /health': ok, 'POST /create': { status: 200, body } })
    await expect(ready(planAt(address, [json])).done).rejects.toThrow(
      'Creating: the runtime answered 200: supplied file was not in GGUF format',
    )
  })

  test('falls back to a plain completion only when the answer speaks of chat', async () => {
    const noChat = { status: 400, body: '{"error":"this model has no chat template"}' }
    const first = await serve({ 'GET /health': ok, 'POST /v1/chat/completions': noChat, 'POST /v1/completions': token })
    await ready(planAt(first.address)).done
    await close()
    const second = await serve({
      'GET /health': ok,
      'POST /v1/chat/completions': { status: 400, body: 'bad number' },
      'POST /v1/completions': token,
    })
    await expect(ready(planAt(second.address)).done).rejects.toThrow('status 400, bad number')
    expect(second.asked.map(each => each.line)).not.toContain('POST /v1/completions')
  })

  test('an answer without a choice is no token, and a redirect is not followed', async () => {
    const { address } = await serve({ 'GET /health': ok, 'POST /v1/chat/completions': { status: 200, body: '<html>' } })
    await expect(ready(planAt(address)).done).rejects.toThrow('an answer without a choice')
    await close()
    const other = await serve({ 'GET /health': { status: 302, body: '' } })
    await expect(ready(planAt(other.address), { signal: AbortSignal.timeout(200) }).done).rejects.toThrow()
  })

  test('a stranger is not asked for more than its health', async () => {
    const { asked, address } = await serve({ 'GET /health': ok, 'POST /v1/chat/completions': token })
    await expect(ready(planAt(address), { owner: () => Promise.resolve('foreign') }).done).rejects.toThrow('Another program')
    expect(asked).toHaveLength(1)
  })
})
