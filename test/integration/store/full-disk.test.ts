import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jobSchema } from '../../../electron/contract/job'
import { settingsSchema } from '../../../electron/contract/settings'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createReport } from '../../../electron/core/lib/report'
import { createSettings } from '../../../electron/core/settings'
import { openStore } from '../../../electron/core/store/open-store'
import type { Store } from '../../../electron/core/store/store.types'

let folder: string
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-full-'))
  store = openStore(folder)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

/** SQLite then answers SQLITE_FULL to whatever needs one page more, as it does on a full disk. */
function fillUp() {
  const pages = Number(store.database.prepare('PRAGMA page_count').get()?.['page_count'])
  store.database.exec(`PRAGMA max_page_count = ${pages}`)
  expect(() => store.database.exec(`INSERT INTO documents VALUES ('filling', 'up', '${'x'.repeat(100_000)}', '')`)).toThrow(/full/)
}

const long = 'word '.repeat(20_000)
const steps = [{ id: 'get', title: 'Get' }]

test('a job that cannot be kept goes on and ends as it should, and the reason is reported', async () => {
  const reported: unknown[] = []
  const jobs = createJobs({ clock: systemClock, collection: store.collection('jobs', jobSchema), report: error => reported.push(error) })
  fillUp()
  const { id } = jobs.run({ kind: 'download', title: long, steps }, () => Promise.resolve('made'))
  expect(await jobs.finished(id)).toMatchObject({ state: 'done', result: 'made' })
  const failing = jobs.run({ kind: 'download', title: long, steps }, () => Promise.reject(new Error('no')))
  expect(await jobs.finished(failing.id)).toMatchObject({ state: 'failed' })
  expect(reported.length).toBeGreaterThan(0)
})

test('a setting that cannot be kept is not shown as kept', () => {
  const settings = createSettings(store.collection('settings', settingsSchema))
  fillUp()
  expect(() => settings.change({ modelsFolder: `/${long}` })).toThrow(/full/)
  expect(settings.get().modelsFolder).toBeNull()
})

test('a report that cannot be written stops nobody', () => {
  const report = createReport(join(folder, 'not-there'), systemClock)
  expect(() => report(new Error('a fault nobody caught'))).not.toThrow()
  createReport(folder, systemClock)(new Error('another one'))
  expect(readFileSync(join(folder, 'host-faults.log'), 'utf8')).toContain('another one')
})

test('nor does one for which not even stderr has room: a host in the background writes that to its disk too', async () => {
  const child = await bundle('full-output-child.ts')
  const full = openSync('/dev/full', 'w')
  try {
    expect(execFileSync(process.execPath, [child], { encoding: 'utf8', stdio: ['ignore', 'pipe', full] })).toBe('alive\n')
  } finally {
    closeSync(full)
  }
})

async function bundle(name: string): Promise<string> {
  const outfile = join(folder, name.replace('.ts', '.mjs'))
  await build({ entryPoints: [join(import.meta.dirname, name)], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  return outfile
}

/** Opens the store in a process whose files may not grow beyond `kiB`; SQLite then fails as on a full disk. */
async function openOnSmallDisk(kiB: number): Promise<string> {
  const child = await bundle('small-disk-child.ts')
  // A block of `ulimit` is 512 bytes (POSIX); the signal that comes with the limit would end the process.
  const script = `trap '' XFSZ; ulimit -f ${kiB * 2}; exec "$0" "$@"`
  return execFileSync('/bin/sh', ['-c', script, process.execPath, child, folder], { encoding: 'utf8' }).trim()
}

test('a healthy database on a full disk is left as it is, and not taken for a damaged one', async () => {
  const documents = store.collection('jobs', jobSchema.partial())
  for (const id of ['one', 'two', 'three']) documents.set(id, { id })
  store.close()
  expect(await openOnSmallDisk(8)).toBe('disk-full')
  expect(readdirSync(folder).filter(name => name.includes('corrupt'))).toEqual([])
  store = openStore(folder)
  expect(store.collection('jobs', jobSchema.partial()).all()).toHaveLength(3)
  expect(store.notices).toEqual([])
})

test('a damaged database whose repair cannot be carried through stays for the next try, and no empty one takes its place', () => {
  store.close()
  const file = join(folder, 'roundhouse.sqlite')
  writeFileSync(file, 'this is not a database '.repeat(300))
  const backup = join(folder, 'backups', 'roundhouse-20990301T100000Z.sqlite')
  mkdirSync(backup, { recursive: true })
  expect(() => openStore(folder)).toThrow()
  expect(readFileSync(file, 'utf8')).toContain('this is not a database')
  rmSync(backup, { recursive: true })
  store = openStore(folder)
  expect(store.notices[0]).toContain('The database was damaged')
})
