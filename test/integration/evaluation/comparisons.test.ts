import { afterEach, expect, test } from 'vitest'
import type { Comparison } from '../../../electron/contract/compare'
import { until } from '../gateway/setup'
import { answers, applyEvent, pane, startBench, watchToEnd, type Bench } from './setup'

let bench: Bench | null = null
afterEach(async () => {
  await bench?.close()
  bench = null
})
const open = async (...script: Parameters<typeof startBench>) => (bench = await startBench(...script))
const letters = (count: number) => Array.from({ length: count }, (_, index) => ` word${index}`)

test('a prompt to two panes: both answer, with figures, titles and the instance that the gateway named; all of it reopens', async () => {
  const { comparisons, crash } = await open({
    tokens: letters(30),
    reasoning: ['let me', ' think'],
    delayMs: 5,
    thinkMs: 40,
    usage: { prompt: 12, output: 32 },
  })
  const { id } = comparisons.create({ panes: [pane('a'), pane('b')] })
  const { turnId } = comparisons.run({ id, prompt: 'Tell me\nmore', mode: 'at-once' })
  const { shown } = await watchToEnd(comparisons, id)
  const text = letters(30).join('')
  expect(answers(shown)).toEqual([[text, text]])
  const [first] = shown.turns[0]?.generations ?? []
  expect(first).toMatchObject({
    paneId: 'a',
    route: 'org/name',
    instanceId: 'llama-cpp-1',
    runtimeTitle: 'llama.cpp',
    modelTitle: 'Model of org/name',
    state: 'done',
    reasoning: 'let me think',
    error: null,
    stats: { promptTokens: 12, outputTokens: 32, finish: 'stop' },
  })
  expect(first?.stats.ttftMs).toBeGreaterThan(38)
  expect(first?.stats.ttftMs).toBeLessThan(300)
  const spacingMs = 1_000 / (first?.stats.tokensPerSecond ?? 1)
  expect(spacingMs).toBeGreaterThan(4.5)
  expect(spacingMs).toBeLessThan(20)
  expect(shown.title).toBe('Tell me')
  expect(comparisons.running()).toBe(0)
  const again = crash()
  expect(again.get(id).turns).toEqual(shown.turns)
  expect(again.list()).toMatchObject([{ id, title: 'Tell me', turns: 1, panes: 2 }])
  expect(turnId).toBe(shown.turns[0]?.id)
})

test('the next turn carries the history of each pane, its own answers only', async () => {
  const { comparisons, upstream } = await open(request => ({ tokens: [`${request.messages.length}:`, request.model] }))
  const { id } = comparisons.create({
    panes: [pane('a'), { ...pane('b'), sampling: { ...pane('b').sampling, systemPrompt: 'Be brief.', temperature: 0 } }],
  })
  comparisons.run({ id, prompt: 'one', mode: 'one-after-another' })
  await watchToEnd(comparisons, id)
  comparisons.run({ id, prompt: 'two', mode: 'one-after-another' })
  await watchToEnd(comparisons, id)
  expect(upstream.seen.slice(2).map(request => request.messages.map(({ content }) => content))).toEqual([
    ['one', '1:upstream-name', 'two'],
    ['Be brief.', 'one', '2:upstream-name', 'two'],
  ])
  expect(JSON.parse(upstream.seen[3]?.body ?? '')).toMatchObject({
    temperature: 0,
    seed: 1,
    stream_options: { include_usage: true, continuous_usage_stats: true },
  })
})

test('eight panes at once stream side by side, in few events', async () => {
  const { comparisons, upstream } = await open({ tokens: letters(100), delayMs: 5 })
  const { id } = comparisons.create({ panes: Array.from({ length: 8 }, (_, index) => pane(`p${index}`)) })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  await until(() => upstream.active() === 8)
  const { shown, events } = await watchToEnd(comparisons, id)
  expect(answers(shown)).toEqual([Array.from({ length: 8 }, () => letters(100).join(''))])
  expect(shown.turns[0]?.generations.map(each => each.paneId)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'])
  const deltas = events.filter(event => event.type === 'deltas')
  expect(deltas.length).toBeGreaterThan(4)
  expect(deltas.length).toBeLessThan(40)
  expect(Math.max(...deltas.map(event => event.deltas.length))).toBe(8)
})

test('one after another: never two at once, and the waiting one can be stopped', async () => {
  let most = 0
  const { comparisons, upstream } = await open(() => {
    most = Math.max(most, upstream.active())
    return { tokens: letters(10), delayMs: 5 }
  })
  const { id } = comparisons.create({ panes: [pane('a'), pane('b'), pane('c')] })
  comparisons.run({ id, prompt: 'go', mode: 'one-after-another' })
  const waiting = comparisons.get(id).turns[0]?.generations[1]
  comparisons.stop({ id, generationId: waiting?.id ?? '' })
  const { shown } = await watchToEnd(comparisons, id)
  expect(shown.turns[0]?.generations.map(each => each.state)).toEqual(['done', 'stopped', 'done'])
  expect([most, upstream.seen.length]).toEqual([1, 2])
})

test('a window that reloads in the middle shows the same text in the end, and no second generation', async () => {
  const { comparisons, upstream } = await open({ tokens: letters(80), delayMs: 8 })
  const { id } = comparisons.create({ panes: [pane('a'), pane('b')] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  const stays = watchToEnd(comparisons, id)
  let reloads = 0
  let shown: Comparison | null = null
  while (reloads < 5) {
    shown = null
    let taken = 0
    for await (const event of comparisons.watch(id)) {
      shown = applyEvent(shown, event)
      if ((taken += 1) === 4) break
    }
    reloads += 1
  }
  expect(shown?.turns[0]?.generations[0]?.state).toBe('streaming')
  const last = await watchToEnd(comparisons, id)
  const text = letters(80).join('')
  expect(answers(last.shown)).toEqual([[text, text]])
  expect(last.shown.turns).toEqual((await stays).shown.turns)
  expect(upstream.seen).toHaveLength(2)
})

test('stopping keeps the text and ends the work of the runtime; the other pane goes on', async () => {
  const { comparisons, upstream } = await open({ tokens: letters(60), delayMs: 8 })
  const { id } = comparisons.create({ panes: [pane('a'), pane('b')] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  const first = () => comparisons.get(id).turns[0]?.generations[0]
  await until(() => (first()?.text.length ?? 0) > 40)
  comparisons.stop({ id, generationId: first()?.id ?? '' })
  expect(await until(() => upstream.aborted() === 1)).toBeLessThan(250)
  const { shown } = await watchToEnd(comparisons, id)
  const [stopped, done] = shown.turns[0]?.generations ?? []
  expect(stopped).toMatchObject({ state: 'stopped', error: null })
  expect(
    letters(60)
      .join('')
      .startsWith(stopped?.text ?? 'x'),
  ).toBe(true)
  expect(stopped?.text.length).toBeGreaterThan(40)
  expect(done).toMatchObject({ state: 'done', text: letters(60).join('') })
})

test('when the host dies in the middle, the text written so far reopens as interrupted', async () => {
  const { comparisons, crash, store } = await open({ tokens: letters(400), delayMs: 5 })
  const { id } = comparisons.create({ panes: [pane('a')] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  const stored = () => String(store().database.prepare('SELECT text FROM generations').get()?.['text'])
  await until(() => stored().length > 200, 5_000)
  const again = crash()
  const [left] = again.get(id).turns[0]?.generations ?? []
  expect(left).toMatchObject({ state: 'interrupted', error: 'Roundhouse ended while this answer was being written.' })
  expect(
    letters(400)
      .join('')
      .startsWith(left?.text ?? 'x'),
  ).toBe(true)
  expect(left?.text.length).toBeGreaterThan(200)
})

test('closing politely interrupts what runs and keeps all of its text', async () => {
  const { comparisons, crash } = await open({ tokens: letters(400), delayMs: 5 })
  const { id } = comparisons.create({ panes: [pane('a')] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  await until(() => (comparisons.get(id).turns[0]?.generations[0]?.text.length ?? 0) > 30)
  const watching = watchToEnd(comparisons, id)
  await comparisons.close()
  const { shown } = await watching
  expect(shown.turns[0]?.generations[0]?.state).toBe('interrupted')
  expect(crash().get(id).turns).toEqual(shown.turns)
})
