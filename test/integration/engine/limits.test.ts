import { getEventListeners } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { canaryFile, key, readStream, startEngine, type RunningEngine } from './running-engine'

let engine: RunningEngine
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'))
  engine = await startEngine({ slots: 2, contextTokens: 512 })
  await engine.ready()
})
afterAll(async () => {
  await engine.stop()
  await rm(folder, { recursive: true })
})

/** Generates until its limit, whatever the model would say. */
const endless = { prompt: 'Tell me', temperature: 5, top_k: 0, top_p: 1, min_p: 0, ignore_eos: true, stream: true }
const slots = async () => (await engine.json('/engine/status'))['slots'] as unknown as { busy: number; waiting: number }

test('more requests than slots wait their turn and all are answered', async () => {
  const replies = Promise.all(
    Array.from({ length: 6 }, () => engine.call('/v1/completions', { ...endless, max_tokens: 120 }).then(readStream)),
  )
  await vi.waitFor(async () => expect((await slots()).waiting).toBeGreaterThan(0), { interval: 2 })
  expect((await slots()).busy).toBe(2)
  for (const reply of await replies) expect(reply).toMatchObject({ done: true, last: { timings: { predicted_n: 120 } } })
  expect(await slots()).toMatchObject({ busy: 0, waiting: 0 })
})

test('a client that goes away frees its slot at once, streaming, waiting or reading its prompt', async () => {
  const leaving = new AbortController()
  const streams = await Promise.all([1, 2].map(() => engine.call('/v1/completions', endless, { signal: leaving.signal })))
  for (const stream of streams) await stream.body?.getReader().read()
  const waiting = engine.call('/v1/completions', { ...endless, stream: false }, { signal: leaving.signal }).catch(() => 'left')
  await vi.waitFor(async () => expect(await slots()).toMatchObject({ busy: 2, waiting: 1 }), { interval: 2 })
  leaving.abort()
  expect(await waiting).toBe('left')
  const began = performance.now()
  await vi.waitFor(async () => expect(await slots()).toMatchObject({ busy: 0, waiting: 0 }), { interval: 5, timeout: 5_000 })
  expect(performance.now() - began).toBeLessThan(1_000)
  expect(engine.lines.filter(line => line.includes('the client went away')).length).toBeGreaterThanOrEqual(3)
  expect(getEventListeners(leaving.signal, 'abort').length).toBeLessThan(10)
})

test('a prompt longer than the context is refused with both numbers, streamed or not', async () => {
  for (const stream of [true, false]) {
    const response = await engine.call('/v1/completions', { prompt: 'word '.repeat(2_000), stream })
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { type: string; n_prompt_tokens: number; n_ctx: number } }
    expect(error).toMatchObject({ type: 'exceed_context_size_error', n_ctx: 512 })
    expect(error.n_prompt_tokens).toBeGreaterThan(1_000)
  }
})

test('a generation that fills the context ends with length, exactly at the context', async () => {
  const { last, events } = await readStream(await engine.call('/v1/completions', { ...endless, stream_options: { include_usage: true } }))
  expect(last?.choices[0]?.finish_reason).toBe('length')
  const usage = events.at(-1)?.usage
  expect((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0)).toBe(512)
})

test.each([
  ['/v1/chat/completions', '{bad', 400, 'invalid_request_error'],
  ['/v1/chat/completions', { messages: [] }, 400, 'invalid_request_error'],
  ['/v1/chat/completions', { model: 'other', messages: [{ role: 'user', content: 'x' }] }, 404, 'not_found_error'],
  ['/v1/embeddings', { input: 'x' }, 404, 'not_found_error'],
  ['/engine/threads', { threads: 0 }, 400, 'invalid_request_error'],
])('%s with %j answers %i in the shape of OpenAI', async (...[path, body, status, type]) => {
  const response = await engine.call(path, body)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({
    error: { type, message: expect.any(String), param: expect.toSatisfy(() => true), code: expect.toSatisfy(() => true) },
  })
})

test('only who has the key is let in, and everybody may ask for health', async () => {
  for (const authorization of ['', 'Bearer wrong', key]) {
    const { status } = await engine.call('/v1/models', undefined, { authorization })
    expect(status).toBe(401)
  }
  expect((await fetch(`${engine.address}/health`)).status).toBe(200)
  expect((await engine.call('/v1/models')).status).toBe(200)
})

test('threads are changed while it runs', async () => {
  expect(await engine.json('/engine/threads', { threads: 2 })).toEqual({ threads: 2 })
  expect(await engine.json('/engine/status')).toMatchObject({ threads: 2, layers: { gpu: 0 } })
  expect(await engine.json('/engine/threads', { threads: 1 })).toEqual({ threads: 1 })
})

const failedStart = async (options: Record<string, unknown>) => {
  const failing = await startEngine(options)
  const { exitCode } = await failing.child
  return { exitCode, cause: failing.lines.at(-1) }
}

test('a start that cannot work says why in its last line and ends with code 1', async () => {
  const whole = await readFile(canaryFile)
  const cut = join(folder, 'cut.gguf')
  const text = join(folder, 'text.gguf')
  const strange = join(folder, 'strange.gguf')
  await writeFile(cut, whole.subarray(0, Math.floor(whole.length / 2)))
  await writeFile(text, 'this is no model at all')
  await writeFile(strange, withArchitecture(whole, 'zzzzz'))
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : 0
  const cases = await Promise.all([
    failedStart({ modelPath: join(folder, 'nothing.gguf') }),
    failedStart({ modelPath: text }),
    failedStart({ modelPath: cut }),
    failedStart({ modelPath: strange }),
    failedStart({ contextTokens: 16_000_000, slots: 4 }),
    failedStart({ port }),
    failedStart({ threads: 'many' }),
  ])
  taken.close()
  const causes = ['file-missing', 'not-a-gguf', 'truncated', 'unknown-architecture', 'out-of-memory', 'port-taken', 'bad-options']
  expect(cases.map(each => each.cause?.split(':')[1]?.trim())).toEqual(causes)
  expect(cases.map(each => each.exitCode)).toEqual(causes.map(() => 1))
})

test('SIGTERM ends it at once with code 0, and an open stream is told', async () => {
  const stopping = await startEngine({ slots: 1, contextTokens: 2048 })
  await stopping.ready()
  const stream = await stopping.call('/v1/completions', endless)
  const text = stream.text()
  await vi.waitFor(async () => expect(await stopping.json('/engine/status')).toMatchObject({ slots: { busy: 1 } }), { interval: 2 })
  const began = performance.now()
  stopping.child.kill('SIGTERM')
  const { exitCode } = await stopping.child
  expect(exitCode).toBe(0)
  expect(performance.now() - began).toBeLessThan(1_500)
  expect(await text).toMatch(/"message":"the engine is stopping".*\n\n$/)
})

/** The same file with another name in `general.architecture`, whose value has five letters. */
function withArchitecture(file: Buffer, name: string): Buffer {
  const at = file.indexOf('general.architecture') + 'general.architecture'.length + 4 + 8
  const changed = Buffer.from(file)
  changed.write(name, at, 'latin1')
  return changed
}
