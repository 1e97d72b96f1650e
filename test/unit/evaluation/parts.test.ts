import { expect, test } from 'vitest'
import { samplingSchema, type Pane, type Turn } from '../../../electron/contract/compare'
import { chatBody, messagesFor } from '../../../electron/core/evaluation/chat-request'
import { createChatReader } from '../../../electron/core/evaluation/chat-events'
import { createMeter, noStats } from '../../../electron/core/evaluation/meter'
import { createWatchers } from '../../../electron/core/evaluation/watchers'

const pane = (systemPrompt = ''): Pane => ({ id: 'a', route: 'r', sampling: samplingSchema.parse({ systemPrompt }) })
const turn = (prompt: string, answers: Record<string, string>): Turn => ({
  id: prompt,
  prompt,
  createdAt: '',
  mode: 'at-once',
  generations: Object.entries(answers).map(([paneId, text]) => ({
    id: `${prompt}-${paneId}`,
    paneId,
    route: 'r',
    instanceId: null,
    runtimeTitle: null,
    modelTitle: null,
    state: 'done',
    text,
    reasoning: 'thoughts are not sent back',
    stats: noStats,
    error: null,
    startedAt: '',
  })),
})
const said = (...args: Parameters<typeof messagesFor>) => messagesFor(...args).map(({ role, content }) => `${role}: ${content}`)

test('a pane is sent its own answers only, and no question that it has not answered', () => {
  const turns = [turn('one', { a: 'A1', b: 'B1' }), turn('two', { b: 'B2' }), turn('three', { a: '', b: 'B3' }), turn('four', { a: 'A4' })]
  expect(said(pane('Be brief.'), turns, { prompt: 'five', engineTest: false })).toEqual([
    'system: Be brief.',
    'user: one',
    'assistant: A1',
    'user: four',
    'assistant: A4',
    'user: five',
  ])
})

test('an engine test gets the last turn at most, and none that is long', () => {
  const turns = [turn('one', { a: 'A1' }), turn('two', { a: 'A2' })]
  expect(said(pane(), turns, { prompt: 'three', engineTest: true })).toEqual(['user: two', 'assistant: A2', 'user: three'])
  expect(said(pane(), [turn('long', { a: 'x'.repeat(2_000) })], { prompt: 'three', engineTest: true })).toEqual(['user: three'])
})

test('the body names the route and asks for usage; a seed is sent only when there is one', () => {
  expect(chatBody('org/name', { ...pane().sampling, seed: 7 }, [])).toEqual({
    model: 'org/name',
    messages: [],
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.7,
    top_p: 0.95,
    max_tokens: 512,
    seed: 7,
  })
  expect(chatBody('org/name', pane().sampling, [])).not.toHaveProperty('seed')
})

test('the meter: first token, speed between first and last token, tokens of the usage', () => {
  const meter = createMeter(1_000)
  const piece = { text: '', reasoning: '', finish: null, usage: null, error: null, done: false }
  meter.piece(piece, 1_010)
  expect(meter.stats(1_020)).toEqual({ ...noStats, totalMs: 20 })
  meter.piece({ ...piece, reasoning: 'hm' }, 1_100)
  meter.piece({ ...piece, text: 'a' }, 1_300)
  meter.piece({ ...piece, text: 'b' }, 1_600)
  meter.piece({ ...piece, finish: 'length', usage: { promptTokens: 4, outputTokens: 11 } }, 1_700)
  expect(meter.stats(1_800)).toEqual({
    ttftMs: 100,
    tokensPerSecond: 20,
    promptTokens: 4,
    outputTokens: 11,
    totalMs: 800,
    finish: 'length',
  })
})

test('what a draft model guessed is read from the timings of the last chunk', () => {
  const timings = { predicted_n: 9, draft_n: 12, draft_n_accepted: 8 }
  const reader = createChatReader()
  const chunk = JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }], timings })
  const piece = reader.feed(new TextEncoder().encode(`data: ${chunk}\n\n`))
  const meter = createMeter(0)
  meter.piece(piece, 5)
  expect(meter.stats(6).draft).toEqual({ guessed: 12, accepted: 8 })
  const without = reader.feed(new TextEncoder().encode('data: {"choices":[],"timings":{"predicted_n":9}}\n\n'))
  expect(without.draft).toBeUndefined()
})

test('one token has no speed, and without usage nothing is counted', () => {
  const piece = { text: 'a', reasoning: '', finish: 'stop', usage: null, error: null, done: true }
  const counted = createMeter(0)
  counted.piece({ ...piece, usage: { promptTokens: 1, outputTokens: 1 } }, 5)
  expect(counted.stats(6)).toMatchObject({ tokensPerSecond: null, outputTokens: 1 })
  const uncounted = createMeter(0)
  uncounted.piece(piece, 5)
  uncounted.piece(piece, 9)
  expect(uncounted.stats(10)).toMatchObject({ tokensPerSecond: null, outputTokens: null, ttftMs: 5 })
})

test('watchers: a snapshot first, then events; who is too slow gets a new snapshot; stopping is heard at once', async () => {
  let truth = 0
  let emptied = 0
  const watchers = createWatchers<string>(
    () => `snapshot ${truth}`,
    () => (emptied += 1),
  )
  const quick = watchers.watch()
  const slow = watchers.watch()
  const take = async (from: AsyncIterator<string>) => (await from.next()).value as string | undefined
  expect([await take(quick), await take(slow)]).toEqual(['snapshot 0', 'snapshot 0'])
  const waiting = take(quick)
  const publishTo = (last: number) => {
    while (truth < last) watchers.publish(`event ${(truth += 1)}`)
  }
  publishTo(200)
  expect([await waiting, await take(quick)]).toEqual(['event 1', 'event 2'])
  for (let index = 3; index <= 200; index += 1) await take(quick)
  publishTo(300)
  expect([await take(quick), await take(slow)]).toEqual(['event 201', 'snapshot 300'])
  watchers.publish('event 301')
  expect(await take(slow)).toBe('event 301')
  const blocked = slow.next()
  await slow.return?.()
  expect((await blocked).done).toBe(true)
  const abort = new AbortController()
  const third = watchers.watch(abort.signal)
  await third.next()
  const blockedToo = third.next()
  abort.abort()
  expect((await blockedToo).done).toBe(true)
  expect([watchers.count(), emptied]).toEqual([1, 0])
  watchers.end()
  expect([watchers.count(), emptied]).toEqual([0, 1])
})
