import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../electron/core/lib/clock'
import { createReport } from '../../electron/core/lib/report'
import { hostLogBytes } from '../../electron/core/lib/rotate'
import { checkModelsFolder } from '../../electron/core/models/check-folder'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the log of faults does not grow without end: a full one is put aside, and the one before it goes', () => {
  const report = createReport(folder, systemClock)
  const file = join(folder, 'host-faults.log')
  for (const turn of ['first', 'second', 'third']) {
    report(new Error(turn))
    truncateSync(file, hostLogBytes)
  }
  report(new Error('the newest'))
  expect(readdirSync(folder).sort()).toEqual(['host-faults.log', 'host-faults.log.1'])
  expect(readFileSync(file, 'utf8')).toContain('the newest')
  expect(statSync(file).size).toBeLessThan(10_000)
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('third')
})

test('a folder for models is made where it can be, and refused with the reason where not', async () => {
  const made = join(folder, 'new', 'models')
  await checkModelsFolder(made)
  expect(readdirSync(made)).toEqual([])
  await expect(checkModelsFolder('models')).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('full path') })
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  await expect(checkModelsFolder(file)).rejects.toThrow('a file is in its place')
  await expect(checkModelsFolder(join(file, 'below'))).rejects.toThrow('a file is in its place')
  const closed = join(folder, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  // root writes everywhere but where the kernel itself lets nobody.
  const nowhere = process.getuid?.() === 0 ? '/proc/roundhouse-models' : join(closed, 'models')
  await expect(checkModelsFolder(nowhere)).rejects.toMatchObject({ code: 'bad-input' })
})

test('package.json, README and the first script name one least Node', () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8')
  const [, minor = ''] = /"node": ">=24\.(\d+)\.0"/.exec(read('package.json')) ?? []
  expect(minor).not.toBe('')
  expect(read('README.md')).toContain(`Node 24.${minor} or newer`)
  expect(read('electron/dev/run.mjs')).toContain(`minor < ${minor})`)
  expect(read('electron/dev/run.mjs')).toContain(`needs Node 24.${minor} or newer`)
})
