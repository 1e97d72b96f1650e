import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { chunkOf, startUpstream, type Script, type TestUpstream } from '../../fixtures/upstream'
import { chat, errorOf, key, modelsOf, narrowKey, ready, startGateway, until, type TestGateway, type TestGatewayOptions } from './setup'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function open(
  script: Script | Parameters<typeof startUpstream>[0],
  options: TestGatewayOptions = {},
): Promise<TestGateway & { upstream: TestUpstream }> {
  const upstream = await startUpstream(script)
  const started = await startGateway({ 'org/name': ready(upstream.address) }, options)
  opened.push(upstream, started)
  return { ...started, upstream }
}

test('a stream reaches the client byte for byte, under our headers and none of the runtime', async () => {
  const raw = [
    Buffer.from(': a comment\r\n\r\n'),
    chunkOf({ content: 'emoji 🎉 and "quotes"' }),
    Buffer.from('event: x\ndata: 1\ndata: 2\n\n'),
    chunkOf({}, 'stop'),
    Buffer.from('data: [DONE]\n\n'),
  ]
  const { origin, records } = await open({ raw })
  const response = await chat(origin)
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(raw))).toBe(true)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'text/event-stream',
    'x-roundhouse-instance': 'llama-cpp-1',
    'x-roundhouse-runtime': 'llama.cpp',
    'x-request-id': expect.stringMatching(/^req_[\da-f-]{36}$/),
    connection: 'keep-alive',
    'keep-alive': expect.any(String),
    date: expect.any(String),
    'transfer-encoding': 'chunked',
  })
  await until(() => records.length === 1)
})

test('an answer that is not streamed passes whole', async () => {
  const { origin } = await open({ tokens: ['Hello', ' you'] })
  const response = await chat(origin, { stream: false })
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello you' } }] })
})

test('the runtime gets its own name for the model, its own key and nothing of the client but the body', async () => {
  const { origin, upstream } = await open({ tokens: ['x'] })
  const body =
    '{ "seed": 9223372036854775807, "model" : "org/name", "stream":true, "messages":[{"role":"user","content":"a \\"model\\": b"}], "x": 1.0 }'
  await (
    await chat(origin, body, {
      headers: {
        'x-api-key': key,
        'content-type': 'application/json',
        cookie: 'c=d',
        'x-forwarded-for': '10.0.0.1',
        'openai-organization': 'o',
      },
    })
  ).text()
  expect(upstream.seen[0]?.body).toBe(body.replace('"org/name"', '"upstream-name"'))
  expect(upstream.seen[0]?.url).toBe('/v1/chat/completions')
  expect(Object.keys(upstream.seen[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'x-request-id',
  ])
  expect(upstream.seen[0]?.headers.authorization).toBe('Bearer secret-of-this-start')
})

test('the head is sent at once, though the first token takes its time', async () => {
  const { origin } = await open({ tokens: ['x'], thinkMs: 700 })
  const began = performance.now()
  const response = await chat(origin)
  expect(performance.now() - began).toBeLessThan(350)
  expect(await response.text()).toContain('[DONE]')
  expect(performance.now() - began).toBeGreaterThan(650)
})

test('a client that leaves aborts the upstream within 250 ms', async () => {
  const { origin, upstream, gateway, records } = await open({ tokens: Array.from({ length: 500 }, () => 'x'), delayMs: 10 })
  const abort = new AbortController()
  const response = await chat(origin, {}, { signal: abort.signal })
  await response.body?.getReader().read()
  expect(gateway.inFlight('llama-cpp-1')).toBe(1)
  abort.abort()
  expect(await until(() => upstream.aborted() === 1)).toBeLessThan(250)
  await until(() => records.length === 1)
  expect(records[0]?.outcome).toBe('client-left')
  expect(gateway.inFlight()).toBe(0)
})

test('a client that leaves before the head aborts the upstream too', async () => {
  const { origin, upstream } = await open({ tokens: ['x'], headDelayMs: 3_000 })
  const abort = new AbortController()
  const asked = chat(origin, {}, { signal: abort.signal })
  await until(() => upstream.seen.length === 1)
  abort.abort()
  await expect(asked).rejects.toThrow(/abort/)
  expect(await until(() => upstream.aborted() === 1)).toBeLessThan(250)
})

test('routes: unknown names what exists, not ready says when, another key is kept out', async () => {
  const { origin, table } = await open({ tokens: ['x'] })
  table.set('slow/model', { kind: 'not-ready', retryAfterSeconds: 3 })
  const unknown = await chat(origin, { model: 'no/such' })
  expect([unknown.status, (await errorOf(unknown)).message]).toEqual([404, 'There is no model no/such. There is org/name, slow/model.'])
  // A key for one model that does not run is told of no other.
  const narrow = { headers: { authorization: `Bearer ${narrowKey}`, 'content-type': 'application/json' } }
  const other = await chat(origin, { model: 'other/model' }, narrow)
  expect((await errorOf(other)).message).toBe('There is no model other/model. None is running: start one in Roundhouse.')
  const slow = await chat(origin, { model: 'slow/model' })
  expect([slow.status, slow.headers.get('retry-after')]).toEqual([503, '3'])
  const models = await fetch(`${origin}/v1/models`, { headers: { 'api-key': key } })
  expect((await modelsOf(models)).map(each => [each.id, each.roundhouse.ready])).toEqual([
    ['org/name', true],
    ['slow/model', false],
  ])
})

test('a client that does not read holds the runtime back instead of filling memory, and is let go in the end', async () => {
  const { origin, upstream } = await open(
    { raw: Array.from({ length: 4_000 }, () => chunkOf({ content: 'x'.repeat(16_000) })) },
    { limits: { stalledReaderMs: 400 } },
  )
  const { Client } = await import('undici')
  const client = new Client(origin)
  const before = process.memoryUsage().arrayBuffers
  const { body } = await client.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{"model":"org/name","stream":true,"messages":[{}]}',
    highWaterMark: 1_024,
  })
  await until(() => upstream.seen.length === 1)
  await new Promise(resolve => setTimeout(resolve, 250))
  expect(upstream.active()).toBe(1)
  expect((process.memoryUsage().arrayBuffers - before) / 1024 / 1024).toBeLessThan(16)
  await until(() => upstream.aborted() === 1, 3_000)
  await expect(body.text()).rejects.toThrow()
  await client.destroy()
})

test('a slow reader gets every byte of a long stream', async () => {
  const raw = [
    ...Array.from({ length: 300 }, (_, index) => chunkOf({ content: `${index}`.repeat(3_000) })),
    Buffer.from('data: [DONE]\n\n'),
  ]
  const { origin } = await open({ raw })
  const reader = (await chat(origin)).body?.getReader()
  const parts: Uint8Array[] = []
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parts.push(read.value)
    if (parts.length % 10 === 0) await new Promise(resolve => setTimeout(resolve, 5))
  }
  expect(Buffer.concat(parts).equals(Buffer.concat(raw))).toBe(true)
})

test('Unix sockets, addresses with a prefix, and a transform for what does not conform', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-socket-'))
  const onSocket = await startUpstream({ tokens: ['from a socket'] }, join(folder, 's'))
  const prefixed = await startUpstream({ raw: [Buffer.from('first'), Buffer.from('second')] })
  const shout = {
    write: (bytes: Buffer) => Buffer.from(`data: ${bytes.toString().toUpperCase()}\n\n`),
    end: () => Buffer.from('data: [DONE]\n\n'),
  }
  const started = await startGateway({
    'org/name': ready(onSocket.address),
    'other/model': ready(`${prefixed.address}/api/v1/`, { transform: () => shout }),
  })
  opened.push(onSocket, prefixed, started)
  expect(await (await chat(started.origin)).text()).toContain('from a socket')
  expect(await (await chat(started.origin, { model: 'other/model' })).text()).toBe('data: FIRST\n\ndata: SECOND\n\ndata: [DONE]\n\n')
  expect(prefixed.seen[0]?.url).toBe('/api/v1/chat/completions')
  rmSync(folder, { recursive: true, force: true })
})

test('every request is metered: first token, gaps, tokens of the usage', async () => {
  const { origin, records, gateway } = await open({
    tokens: Array.from({ length: 21 }, () => 'x'),
    delayMs: 10,
    thinkMs: 60,
    usage: { prompt: 11, output: 21 },
  })
  await (await chat(origin)).text()
  await until(() => records.length === 1)
  const [record] = records
  expect(record).toMatchObject({
    route: 'org/name',
    instanceId: 'llama-cpp-1',
    runtime: 'llama.cpp',
    caller: 'local',
    outcome: 'done',
    status: 200,
    promptTokens: 11,
    outputTokens: 21,
    endpoint: 'chat/completions',
  })
  expect(record?.ttftMs).toBeGreaterThan(65)
  expect(record?.ttftMs).toBeLessThan(400)
  expect(record?.itlMs).toBeGreaterThan(9)
  expect(record?.itlMs).toBeLessThan(40)
  expect(gateway.status()).toMatchObject({ state: 'ready', inFlight: 0, requestsTotal: 1, address: `${origin}/v1` })
})
