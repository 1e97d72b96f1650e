import { call } from '@orpc/server'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure, failureCodes } from '../../../electron/contract/failure'
import { settingsSchema, type Settings } from '../../../electron/contract/settings'
import { faultIn, os } from '../../../electron/core/api-base'
import { createSettings } from '../../../electron/core/settings'
import { openStore } from '../../../electron/core/store/open-store'
import { reportOfError } from '../../../renderer/client/failure'

/** What the window makes of an error, and what the host's own log gets of it. */
async function toldOf(handler: () => Settings, input: object = { theme: 'dark' }) {
  const error: unknown = await call(os.settings.change.handler(handler), input).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return { report: reportOfError(error), fault: faultIn(error) }
}

const throwing = (error: unknown) => () => {
  throw error
}

test('a failure comes with its code, its words and what helps, and is no fault', async () => {
  expect(await toldOf(throwing(new Failure('port-taken', 'Port 4700 is taken.')))).toEqual({
    report: { code: 'port-taken', message: 'Port 4700 is taken.', suggestion: failureCodes['port-taken'] },
    fault: null,
  })
})

test('a surprise keeps its own words, and is reported', async () => {
  const surprise = new TypeError('x is not a function')
  const { report, fault } = await toldOf(throwing(surprise))
  expect(report).toEqual({ code: 'unexpected', message: 'x is not a function', suggestion: failureCodes.unexpected })
  expect(fault).toBe(surprise)
})

test('a full disk is told as one, whatever was to be kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-errors-'))
  const store = openStore(folder)
  try {
    const settings = createSettings(store.collection('settings', settingsSchema))
    const pages = Number(store.database.prepare('PRAGMA page_count').get()?.['page_count'])
    store.database.exec(`PRAGMA max_page_count = ${pages}`)
    const { report } = await toldOf(() => settings.change({ modelsFolder: `/${'x'.repeat(200_000)}` }))
    expect(report).toMatchObject({ code: 'disk-full', suggestion: failureCodes['disk-full'] })
    expect((await toldOf(throwing(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })))).report.code).toBe('disk-full')
  } finally {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an input that the contract refuses is told field by field', async () => {
  const { report, fault } = await toldOf(() => settingsSchema.parse({}), { gatewayPort: 80 })
  expect([report.code, fault]).toEqual(['bad-input', null])
  expect(report.message).toMatch(/^gatewayPort: .*1024/)
})
