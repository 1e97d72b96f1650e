import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Comparison, ComparisonDelta, ComparisonEvent } from '../../../electron/contract/compare'
import { commitAtMostEvery } from '../../../renderer/features/compare/commit-often'
import { isLive, reduceComparison } from '../../../renderer/features/compare/comparison-reducer'
import { makeComparison, makeGeneration, makeTurn, noStats } from './fixture-comparison'

const grown = (offset: number, text: string, reasoning = ''): ComparisonDelta => ({
  ...{ turnId: 'turn-1', generationId: 'generation-1', offset, text, reasoning, stats: noStats },
})
const delta = (...of: Parameters<typeof grown>): ComparisonEvent => ({ type: 'deltas', deltas: [grown(...of)] })
const textOf = (comparison: Comparison | null) => comparison?.turns[0]?.generations[0]?.text

describe('a comparison from its events', () => {
  test('a text is the same however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 20 }), pieces => {
        let now: Comparison | null = makeComparison()
        let offset = 0
        for (const piece of pieces) {
          now = reduceComparison(now, delta(offset, piece))
          offset += piece.length
        }
        expect(textOf(now)).toBe(pieces.join(''))
      }),
    )
  })

  test('a gap, a repetition and an answer nobody knows ask for a new snapshot', () => {
    const known = reduceComparison(makeComparison(), delta(0, 'abc'))
    expect(reduceComparison(known, delta(4, 'x'))).toBeNull()
    expect(reduceComparison(known, delta(0, 'abc'))).toBeNull()
    expect(reduceComparison(known, { type: 'deltas', deltas: [{ ...grown(0, 'x'), turnId: 'other' }] })).toBeNull()
    expect(reduceComparison(null, delta(0, 'x'))).toBeNull()
    expect(textOf(reduceComparison(null, { type: 'snapshot', comparison: makeComparison() }))).toBe('')
  })

  test('an answer asked again takes the place of the earlier one; a new turn goes to the end', () => {
    const again = makeGeneration({ id: 'generation-2', text: 'new', state: 'done' })
    const now = reduceComparison(makeComparison(), { type: 'generation', turnId: 'turn-1', generation: again })
    expect(now?.turns[0]?.generations).toEqual([again])
    const more = reduceComparison(now, { type: 'turn', turn: makeTurn({ id: 'turn-2', generations: [] }) })
    expect(more?.turns.map(turn => turn.id)).toEqual(['turn-1', 'turn-2'])
    expect(reduceComparison(more, { type: 'title', title: 'New' })?.title).toBe('New')
    expect(reduceComparison(more, { type: 'panes', panes: [] })?.panes).toEqual([])
  })

  test('one event grows several answers; a gap in any of them asks for a new snapshot', () => {
    const two = makeTurn({ generations: [makeGeneration(), makeGeneration({ id: 'generation-2', paneId: 'pane-2' })] })
    const before = makeComparison({ turns: [two] })
    const both = [grown(0, 'a'), { ...grown(0, 'b'), generationId: 'generation-2' }, grown(1, 'c')]
    const after = reduceComparison(before, { type: 'deltas', deltas: both })
    expect(after?.turns[0]?.generations.map(each => each.text)).toEqual(['ac', 'b'])
    expect(reduceComparison(before, { type: 'deltas', deltas: [...both, grown(5, 'd')] })).toBeNull()
  })

  test('untouched answers stay the same objects, so that only what grew is drawn', () => {
    const two = makeTurn({ generations: [makeGeneration(), makeGeneration({ id: 'generation-2', paneId: 'pane-2' })] })
    const before = makeComparison({ turns: [makeTurn({ id: 'turn-0' }), two] })
    const after = reduceComparison(before, delta(0, 'x'))
    expect(after?.turns[0]).toBe(before.turns[0])
    expect(after?.turns[1]?.generations[1]).toBe(two.generations[1])
  })

  test('only waiting and streaming answers are live', () => {
    const states = ['waiting', 'streaming', 'done', 'stopped', 'failed', 'interrupted'] as const
    expect(states.filter(state => isLive(makeGeneration({ state })))).toEqual(['waiting', 'streaming'])
  })
})

describe('commits', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('200 changes in a second are at most 25 commits, the last of them with the last value', () => {
    const seen: number[] = []
    const commits = commitAtMostEvery<number>(40, value => seen.push(value))
    for (let change = 1; change <= 200; change++) {
      commits.push(change)
      vi.advanceTimersByTime(5)
    }
    vi.advanceTimersByTime(40)
    expect(seen.length).toBeLessThanOrEqual(26)
    expect(seen.at(0)).toBe(1)
    expect(seen.at(-1)).toBe(200)
  })

  test('an urgent one does not wait, a dropped one never comes', () => {
    const seen: string[] = []
    const commits = commitAtMostEvery<string>(40, value => seen.push(value))
    commits.push('a')
    commits.push('b')
    commits.push('c', true)
    expect(seen).toEqual(['a', 'c'])
    commits.push('d')
    commits.drop()
    vi.advanceTimersByTime(100)
    expect(seen).toEqual(['a', 'c'])
  })
})
