import * as fc from 'fast-check'
import { test } from 'vitest'
import { happenings, liveThrough } from '../unit/supervisor/states.model'

test('2,000 random histories break no promise', () => {
  fc.assert(fc.property(happenings, liveThrough), { numRuns: 2_000 })
})
