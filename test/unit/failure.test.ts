import { expect, test } from 'vitest'
import { Failure, failureCodes, reportOf } from '../../electron/contract/failure'

test('a failure keeps its code and carries the suggestion of that code', () => {
  expect(reportOf(new Failure('offline', 'The hub did not answer.'))).toEqual({
    code: 'offline',
    message: 'The hub did not answer.',
    suggestion: failureCodes.offline,
  })
})

test('whatever else was thrown is reported as unexpected, with its own words', () => {
  expect(reportOf(new TypeError('x is not a function'))).toMatchObject({ code: 'unexpected', message: 'x is not a function' })
  expect(reportOf('plain text')).toMatchObject({ code: 'unexpected', message: 'plain text' })
})
