import { expect, test } from 'vitest'
import { expectedOf, verdictRows } from '../../../renderer/features/home/verdict-rows'
import { makeDecision } from '../fixture-decision'

test('an engine test is marked, so that no figure of it is shown; a model keeps its estimates', () => {
  expect(expectedOf(makeDecision({ engineTest: true })).engineTest).toBe(true)
  const real = expectedOf(makeDecision({ engineTest: false }))
  expect(real.engineTest).toBeUndefined()
  expect(verdictRows(real, null).find(row => row.key === 'speed')?.estimate).not.toBeNull()
})
