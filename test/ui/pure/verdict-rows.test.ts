import { expect, test } from 'vitest'
import { expectedOf, verdictRows } from '../../../renderer/features/home/verdict-rows'
import { makeDecision } from '../fixture-decision'

test('the speed of an engine test is shown and not compared, with the reason', () => {
  const expected = expectedOf(makeDecision({ engineTest: true }))
  expect(expected).toMatchObject({ tokensPerSecond: null, ttftMs: null })
  expect(expected.speedApart).toContain('too small')
  expect(verdictRows(expected, null).find(row => row.key === 'speed')?.estimate).toBeNull()
  expect(expectedOf(makeDecision({ engineTest: false })).tokensPerSecond).not.toBeNull()
  expect(expectedOf(makeDecision({ engineTest: false })).speedApart).toBeUndefined()
})
