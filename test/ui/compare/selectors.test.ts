import { expect, test } from 'vitest'
import type { Generation } from '../../../electron/contract/compare'
import { askedTurns, fairTurn, outlineOf, tickingGeneration } from '../../../renderer/features/compare/selectors'
import { makeComparison, makeGeneration, makeTurn, noStats } from './fixture-comparison'

const shown = (over: Partial<Generation>) => ({
  comparison: makeComparison({ turns: [makeTurn({ generations: [makeGeneration(over)] })] }),
})
const at = (totalMs: number, over: Partial<Generation> = {}) => shown({ stats: { ...noStats, totalMs }, ...over })

test('the figures of a growing answer tick four times a second, and at once when it ends', () => {
  const select = tickingGeneration('pane-1')
  const ticks = Array.from({ length: 21 }, (_, frame) => select(at(frame * 50))?.stats.totalMs)
  expect([...new Set(ticks)]).toEqual([0, 250, 500, 750, 1_000])
  expect(select(at(1_010, { state: 'done' }))?.stats.totalMs).toBe(1_010)
  expect(select(at(20, { id: 'generation-2' }))?.stats.totalMs).toBe(20)
})

test('what frames an answer stays the same while it grows, and changes with all else that is seen of it', () => {
  const select = outlineOf('turn-1', 'pane-1')
  const first = select(shown({ text: 'One' }))
  expect(select(shown({ text: 'One two' }))).toBe(first)
  expect(select(shown({ text: 'One two', reasoning: 'Hm' }))?.reasoning).toBe('Hm')
  expect(select(shown({ text: 'One two three', state: 'done' }))?.text).toBe('One two three')
  expect(select(shown({ text: 'Another', state: 'done' }))?.text).toBe('Another')
  expect(select(shown({ text: '', state: 'waiting' }))?.text).toBe('')
  expect(select({ comparison: null })).toBeNull()
})

test('fairness is looked at again for who answers and for prompts, not for text', () => {
  const select = fairTurn()
  const first = select(shown({ text: 'One' }))
  expect(select(shown({ text: 'One two', stats: { ...noStats, totalMs: 9 } }))).toBe(first)
  const counted = select(shown({ text: 'One two', stats: { ...noStats, promptTokens: 12 } }))
  expect(counted?.generations[0]?.stats.promptTokens).toBe(12)
  expect(select(shown({ instanceId: null, stats: { ...noStats, promptTokens: 12 } }))?.generations[0]?.instanceId).toBeNull()
})

test('a pane knows the turns that it was asked in', () => {
  const turns = [makeTurn({ id: 'a' }), makeTurn({ id: 'b', generations: [makeGeneration({ paneId: 'other' })] }), makeTurn({ id: 'c' })]
  expect(askedTurns({ comparison: makeComparison({ turns }) }, 'pane-1')).toEqual(['a', 'c'])
  expect(askedTurns({ comparison: null }, 'pane-1')).toEqual([])
})
