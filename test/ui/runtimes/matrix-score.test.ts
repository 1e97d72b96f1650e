import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { needSchema } from '../../../electron/contract/need'
import { rankMatrix, weightsOf } from '../../../renderer/features/runtimes/matrix-score'
import { makeRuntime, makeSnapshot } from './fixture-runtimes'

const cell = (tier: 'excellent' | 'strong' | 'acceptable' | 'limited' | null) => ({ tier, says: '', now: null })
const tierSchema = fc.constantFrom('excellent', 'strong', 'acceptable', 'limited', null)

describe('the matrix', () => {
  test('is the weighted mean of its tiers, without what does not apply', () => {
    const one = makeRuntime({ id: 'one', title: 'One', matrix: { a: cell('excellent'), b: cell('limited'), c: cell(null) } })
    expect(rankMatrix([one], { a: 1, b: 1, c: 3 })[0]?.score).toBe(63)
    expect(rankMatrix([one], { a: 3, b: 1 })[0]?.score).toBe(81)
    expect(rankMatrix([one], { c: 3 })[0]?.score).toBeNull()
  })

  test('equal scores share a rank, and the next is counted on', () => {
    const rows = ['One', 'Two', 'Three'].map((title, index) =>
      makeRuntime({ id: title, title, matrix: { a: cell(index < 2 ? 'strong' : 'limited') } }),
    )
    expect(rankMatrix(rows, { a: 1 }).map(({ runtime, rank }) => [runtime.title, rank])).toEqual([
      ['One', 1],
      ['Two', 1],
      ['Three', 3],
    ])
  })

  test('a better tier never lowers a score, whatever the weights', () => {
    const order = ['limited', 'acceptable', 'strong', 'excellent'] as const
    const other = fc.record({ b: tierSchema, weightA: fc.nat(3), weightB: fc.nat(3) })
    fc.assert(
      fc.property(fc.nat(2), other, (step, { b, weightA, weightB }) => {
        const score = (tier: (typeof order)[number] | undefined) =>
          rankMatrix([makeRuntime({ matrix: { a: cell(tier ?? null), b: cell(b) } })], { a: weightA, b: weightB })[0]?.score ?? 0
        expect(score(order[step + 1])).toBeGreaterThanOrEqual(score(order[step]))
      }),
    )
  })

  test('weights follow the need', () => {
    const { dimensions } = makeSnapshot([])
    const all = [...dimensions, { id: 'concurrency', title: 'Concurrency', asks: '' }]
    expect(weightsOf(needSchema.parse({}), all)).toEqual({ throughput: 1, maintenance: 1, concurrency: 1 })
    expect(weightsOf(needSchema.parse({ users: 8, priorities: ['maintenance', 'throughput'] }), all)).toEqual({
      ...{ throughput: 2, maintenance: 3, concurrency: 3 },
    })
  })
})
