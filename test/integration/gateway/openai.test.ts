import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startUpstream, type Script, type TestUpstream } from '../../fixtures/upstream'
import { key, ready, startGateway, until, type TestGateway } from './setup'

let upstream: TestUpstream
let started: TestGateway
let script: Script
const client = (apiKey = key) => new OpenAI({ apiKey, baseURL: `${started.origin}/v1`, maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'hello' }]

beforeAll(async () => {
  upstream = await startUpstream(() => script)
  started = await startGateway({ 'org/name': ready(upstream.address), 'slow/model': { kind: 'not-ready', retryAfterSeconds: 1 } })
})
afterAll(async () => {
  await started.close()
  await upstream.close()
})

test('the official client streams a chat, with usage', async () => {
  script = { tokens: ['Hello', ', ', 'you'], usage: { prompt: 9, output: 3 } }
  const stream = await client().chat.completions.create({
    model: 'org/name',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  })
  let text = ''
  let usage: unknown = null
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    usage = chunk.usage ?? usage
  }
  expect(text).toBe('Hello, you')
  expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3 })
})

test('the official client asks without a stream, and lists and retrieves models', async () => {
  script = { tokens: ['All', ' at once'] }
  const answer = await client().chat.completions.create({ model: 'org/name', messages })
  expect(answer.choices[0]?.message.content).toBe('All at once')
  expect((await client().models.list()).data.map(model => model.id)).toEqual(['org/name', 'slow/model'])
  expect((await client().models.retrieve('org/name')).id).toBe('org/name')
})

test('its errors are the typed ones', async () => {
  const ask = (model: string, apiKey?: string) => client(apiKey).chat.completions.create({ model, messages })
  await expect(ask('org/name', 'rh-wrong')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  await expect(ask('no/such')).rejects.toMatchObject({ constructor: OpenAI.NotFoundError, code: 'model_not_found', param: 'model' })
  await expect(ask('slow/model')).rejects.toMatchObject({ constructor: OpenAI.InternalServerError, status: 503, code: 'not_ready' })
  await expect(client().chat.completions.create({ model: 'org/name', messages: [] })).rejects.toMatchObject({
    constructor: OpenAI.BadRequestError,
    param: 'messages',
  })
  script = { plain: { status: 400, body: '{"error":{"message":"too long","type":"exceed_context_size_error"}}' } }
  await expect(ask('org/name')).rejects.toMatchObject({ code: 'context_length_exceeded' })
})

test('a stream that breaks is an APIError with our words, after what had come', async () => {
  script = { tokens: ['a', 'b', 'c', 'd'], cutAfter: 2, within: true }
  const stream = await client().chat.completions.create({ model: 'org/name', messages, stream: true })
  let text = ''
  const read = (async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  })()
  await expect(read).rejects.toMatchObject({ constructor: OpenAI.APIError, code: 'upstream_broke' })
  expect(text).toBe('ab')
})

test('its abort reaches the runtime', async () => {
  script = { tokens: Array.from({ length: 200 }, () => 'x'), delayMs: 10 }
  const before = upstream.aborted()
  const stream = await client().chat.completions.create({ model: 'org/name', messages, stream: true })
  for await (const _ of stream) break
  expect(await until(() => upstream.aborted() === before + 1)).toBeLessThan(250)
})
