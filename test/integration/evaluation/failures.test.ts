import { afterEach, expect, test } from 'vitest'
import type { Script } from '../../fixtures/upstream'
import { until } from '../gateway/setup'
import { answers, pane, startBench, watchToEnd, type Bench } from './setup'

let bench: Bench | null = null
afterEach(async () => {
  await bench?.close()
  bench = null
})
const open = async (...script: Parameters<typeof startBench>) => (bench = await startBench(...script))

async function askOnce(script: Script, route = 'org/name') {
  const { comparisons } = await open(script)
  const { id } = comparisons.create({ panes: [pane('a', route)] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  return (await watchToEnd(comparisons, id)).shown.turns[0]?.generations[0]
}

test.each([
  [
    'a model that is gone',
    {},
    'no/such',
    /^The model of this pane is not running any more\. There is no model no\/such\. There is org\/name/,
  ],
  ['a model that loads', {}, 'slow/model', /^The model is not ready\. slow\/model is not ready yet\. Try again in 2 s\.$/],
  ['a runtime that closes', { refuse: true }, 'org/name', /^llama-cpp-1 did not answer: /],
  [
    'a prompt that is too long',
    { plain: { status: 400, body: '{"error":{"message":"5000 > 4096 tokens"}}' } },
    'org/name',
    /^5000 > 4096 tokens$/,
  ],
  ['an answer that is no stream', { plain: { status: 200, body: '{"choices":[]}' } }, 'org/name', /^The answer broke off/],
] satisfies [string, Script, string, RegExp][])('%s fails in plain words', async (...row) => {
  const [, script, route, words] = row
  const generation = await askOnce(script, route)
  expect(generation).toMatchObject({ state: 'failed', text: '', error: expect.stringMatching(words) })
})

test.each([
  ['cut by the runtime', { cutAfter: 3 }, /^The runtime broke off in the middle of its answer\.$/],
  ['cut within an event', { cutAfter: 3, within: true }, /^The runtime broke off/],
  [
    'ended without a reason to',
    { tokens: ['a', 'b', 'c'], finish: null, usage: null, done: false },
    /^The runtime ended its answer before it was complete/,
  ],
] satisfies [string, Script, RegExp][])('an answer %s is failed and never done; its text stays', async (_, script, words) => {
  const generation = await askOnce({ tokens: ['a', 'b', 'c', 'd', 'e', 'f'], ...script })
  expect(generation).toMatchObject({ state: 'failed', text: 'abc', error: expect.stringMatching(words), stats: { finish: null } })
})

test('an answer without usage has no speed, and one without [DONE] but with a finish is done', async () => {
  const generation = await askOnce({ tokens: ['a', 'b', 'c'], usage: null, done: false, finish: 'length' })
  expect(generation).toMatchObject({ state: 'done', text: 'abc', stats: { outputTokens: null, tokensPerSecond: null, finish: 'length' } })
})

test('when the gateway goes away the answer fails, and the next one says so too', async () => {
  const { comparisons, started } = await open({ tokens: Array.from({ length: 200 }, () => 'x'), delayMs: 10 })
  const { id } = comparisons.create({ panes: [pane('a')] })
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  await until(() => (comparisons.get(id).turns[0]?.generations[0]?.text.length ?? 0) > 3)
  await started.gateway.close()
  expect((await watchToEnd(comparisons, id)).shown.turns[0]?.generations[0]).toMatchObject({
    state: 'failed',
    error: 'The answer broke off before it was complete.',
  })
  comparisons.run({ id, prompt: 'again', mode: 'at-once' })
  expect((await watchToEnd(comparisons, id)).shown.turns[1]?.generations[0]).toMatchObject({
    state: 'failed',
    error: 'The gateway did not answer.',
  })
})

test('regenerate asks one pane of the last turn again, in its place, without its old answer', async () => {
  let asked = 0
  const { comparisons, upstream } = await open(() => ({ tokens: [`answer ${(asked += 1)}`] }))
  const { id } = comparisons.create({ panes: [pane('a'), pane('b')] })
  comparisons.run({ id, prompt: 'one', mode: 'one-after-another' })
  await watchToEnd(comparisons, id)
  comparisons.regenerate({ id, paneId: 'a' })
  const { shown } = await watchToEnd(comparisons, id)
  expect(answers(shown)).toEqual([['answer 3', 'answer 2']])
  expect(upstream.seen[2]?.messages).toEqual([{ role: 'user', content: 'one' }])
  expect(answers(comparisons.get(id))).toEqual([['answer 3', 'answer 2']])
})

test('what cannot be done is a failure with its code', async () => {
  const { comparisons } = await open({ tokens: ['a', 'b', 'c'], delayMs: 50 })
  expect(() => comparisons.get('nope')).toThrow(expect.objectContaining({ code: 'not-found' }))
  expect(() => comparisons.watch('nope')).toThrow(expect.objectContaining({ code: 'not-found' }))
  const { id } = comparisons.create({ panes: [pane('a', null)] })
  expect(() => comparisons.run({ id, prompt: 'x', mode: 'at-once' })).toThrow(expect.objectContaining({ code: 'bad-input' }))
  expect(() => comparisons.regenerate({ id, paneId: 'a' })).toThrow(expect.objectContaining({ code: 'not-found' }))
  comparisons.setPanes(id, [pane('a')])
  comparisons.run({ id, prompt: 'x', mode: 'at-once' })
  expect(() => comparisons.run({ id, prompt: 'y', mode: 'at-once' })).toThrow(expect.objectContaining({ code: 'busy' }))
  expect(() => comparisons.regenerate({ id, paneId: 'a' })).toThrow(expect.objectContaining({ code: 'busy' }))
})

test("renaming, other panes and removing are told to who watches; removing ends the runtime's work and the watch", async () => {
  const { comparisons, upstream } = await open({ tokens: Array.from({ length: 200 }, () => 'x'), delayMs: 10 })
  const { id } = comparisons.create({ panes: [pane('a')] })
  const kinds: string[] = []
  const watching = (async () => {
    for await (const event of comparisons.watch(id)) kinds.push(event.type)
  })()
  await Promise.resolve()
  comparisons.rename(id, 'Mine')
  comparisons.setPanes(id, [pane('a'), pane('b', null)])
  comparisons.run({ id, prompt: 'go', mode: 'at-once' })
  expect(comparisons.get(id)).toMatchObject({ title: 'Mine', panes: [{ id: 'a' }, { id: 'b' }] })
  await until(() => upstream.active() === 1)
  comparisons.remove(id)
  await watching
  expect(kinds.slice(0, 4)).toEqual(['snapshot', 'title', 'panes', 'turn'])
  expect(await until(() => upstream.aborted() === 1)).toBeLessThan(250)
  await until(() => comparisons.running() === 0)
  expect(comparisons.list()).toEqual([])
})
