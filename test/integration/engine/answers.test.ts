import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canaryFile, draftFile, readStream, startEngine, type RunningEngine } from './running-engine'

type Golden = { question: string; answer: string; tokens: number; canonical: boolean }
const { golden } = JSON.parse(readFileSync(join(canaryFile, '..', 'golden.json'), 'utf8')) as { golden: Golden[] }
const canonical = golden.filter(each => each.canonical)
const story = canonical.toSorted((left, right) => right.tokens - left.tokens)[0]
const special = canonical.find(each => /\p{Emoji_Presentation}/u.test(each.answer))
if (!story || !special) throw new Error('the golden answers lack a long one or one with an emoji')

let engine: RunningEngine
beforeAll(async () => {
  engine = await startEngine({ slots: 4 })
  await engine.ready()
})
afterAll(() => engine.stop())

const ask = (question: string, more: Record<string, unknown> = {}) => ({
  messages: [{ role: 'user', content: question }],
  temperature: 0,
  ...more,
})

test('every golden answer is right, four at a time', async () => {
  const wrong: string[] = []
  const queue = [...canonical]
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { text, last } = await readStream(await engine.call('/v1/chat/completions', ask(next.question, { stream: true })))
      if (text !== next.answer || last?.choices[0]?.finish_reason !== 'stop') wrong.push(`${next.question} -> ${text}`)
    }
  }
  await Promise.all([work(), work(), work(), work()])
  expect(canonical.length).toBeGreaterThan(50)
  expect(wrong).toEqual([])
})

test('a whole answer carries usage, timings and the finish reason', async () => {
  expect(await engine.json('/v1/chat/completions', ask(story.question))).toMatchObject({
    object: 'chat.completion',
    model: 'roundhouse/canary',
    choices: [{ message: { role: 'assistant', content: story.answer }, finish_reason: 'stop' }],
    usage: { completion_tokens: story.tokens },
    timings: { predicted_n: story.tokens, predicted_per_second: expect.any(Number) },
  })
})

test('a stream gives timings always and usage when it is asked for', async () => {
  const without = await readStream(await engine.call('/v1/chat/completions', ask(story.question, { stream: true })))
  expect(without.done).toBe(true)
  expect(without.events[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
  expect(without.last?.timings?.predicted_n).toBe(story.tokens)
  expect(without.events.filter(event => event.usage)).toEqual([])
  const withUsage = await engine.call(
    '/v1/chat/completions',
    ask(story.question, { stream: true, stream_options: { include_usage: true } }),
  )
  expect((await readStream(withUsage)).events.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: story.tokens } })
  const options = { include_usage: true, continuous_usage_stats: true }
  const along = await engine.call('/v1/chat/completions', ask(story.question, { stream: true, stream_options: options }))
  const counts = (await readStream(along)).events.flatMap(event => event.usage?.completion_tokens ?? [])
  expect(counts.length).toBeGreaterThan(3)
  expect(counts).toEqual([...counts].sort((a, b) => a - b))
  expect([(counts[0] ?? 0) >= 1, counts.at(-1)]).toEqual([true, story.tokens])
})

test('characters of several tokens come whole, and no control token is ever shown', async () => {
  const { events, text } = await readStream(await engine.call('/v1/chat/completions', ask(special.question, { stream: true })))
  expect(text).toBe(special.answer)
  for (const event of events) expect(event.choices[0]?.delta?.content ?? '').not.toContain('\uFFFD')
  const wild = await engine.json('/v1/completions', {
    prompt: 'x',
    max_tokens: 300,
    temperature: 100,
    top_k: 0,
    top_p: 1,
    min_p: 0,
    ignore_eos: true,
  })
  expect(JSON.stringify(wild)).not.toMatch(/<\|(im_start|im_end|endoftext)\|>/)
})

test('what a person writes is never read as a control token', async () => {
  const plain = await engine.json('/v1/chat/completions', ask('<|im_end|>', { max_tokens: 1 }))
  expect(plain).toMatchObject({ usage: { prompt_tokens: expect.any(Number) } })
  const { usage: written } = plain as unknown as { usage: { prompt_tokens: number } }
  const { usage: short } = (await engine.json('/v1/chat/completions', ask('a', { max_tokens: 1 }))) as unknown as {
    usage: { prompt_tokens: number }
  }
  expect(written.prompt_tokens).toBeGreaterThan(short.prompt_tokens + 2)
})

test('a conversation goes on from what the slot remembers', async () => {
  const first = canonical[0]
  if (!first) throw new Error('no golden answers')
  await engine.json('/v1/chat/completions', ask(story.question))
  const messages = [
    { role: 'user', content: story.question },
    { role: 'assistant', content: story.answer },
    { role: 'user', content: first.question },
  ]
  const reply = await engine.json('/v1/chat/completions', { messages, temperature: 0, max_tokens: 4 })
  const { timings } = reply as unknown as { timings: { cache_n: number; prompt_n: number } }
  expect(timings.cache_n).toBeGreaterThan(story.tokens)
  expect(timings.prompt_n).toBeLessThan(40)
})

test('an assistant message at the end is gone on with', async () => {
  const half = story.answer.slice(0, story.answer.indexOf('.') + 1)
  const messages = [
    { role: 'user', content: story.question },
    { role: 'assistant', content: half },
  ]
  const reply = await engine.json('/v1/chat/completions', { messages, temperature: 0 })
  expect(reply).toMatchObject({ choices: [{ message: { content: story.answer.slice(half.length) } }] })
})

test('stop texts, token limits and seeds do what they say', async () => {
  const word = story.answer.split(' ')[6] ?? ''
  const stopped = await engine.json('/v1/chat/completions', ask(story.question, { stop: [word] }))
  expect(stopped).toMatchObject({
    choices: [{ message: { content: story.answer.slice(0, story.answer.indexOf(word)) }, finish_reason: 'stop' }],
  })
  const short = await engine.json('/v1/chat/completions', ask(story.question, { max_tokens: 3 }))
  expect(short).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 3 } })
  const wild = { prompt: 'a', max_tokens: 12, temperature: 3, top_k: 0, top_p: 1, min_p: 0, ignore_eos: true }
  const texts = await Promise.all([7, 7, 8].map(seed => engine.json('/v1/completions', { ...wild, seed })))
  const [one, same, other] = texts.map(reply => JSON.stringify((reply as unknown as { choices: { text: string }[] }).choices[0]?.text))
  expect(one).toBe(same)
  expect(one).not.toBe(other)
})

test('an answer in JSON is JSON', async () => {
  const reply = await engine.json(
    '/v1/chat/completions',
    ask('Answer in JSON', { response_format: { type: 'json_object' }, max_tokens: 200 }),
  )
  const [choice] = (reply as unknown as { choices: { message: { content: string } }[] }).choices
  expect(JSON.parse(choice?.message.content ?? '')).toEqual({ engine: 'ready', answers: 42, steam: true })
})

test('with a draft the answers stay the same', async () => {
  const drafted = await startEngine({ draftPath: draftFile, slots: 2 })
  try {
    await drafted.ready()
    const few = [story, special, ...canonical.slice(0, 6)]
    const replies = await Promise.all(
      few.map(each => drafted.call('/v1/chat/completions', ask(each.question, { stream: true })).then(readStream)),
    )
    expect(replies.map(reply => reply.text)).toEqual(few.map(each => each.answer))
    expect(replies[0]?.last?.timings?.draft_n).toBeGreaterThan(0)
  } finally {
    await drafted.stop()
  }
})
