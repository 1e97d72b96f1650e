import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readHostFile, takeHome } from '../../../electron/core/lib/home-lock'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A real other process that takes the same lock, says so, and waits to be killed. */
function otherHolder() {
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(process.argv[1])
    database.exec('BEGIN EXCLUSIVE')
    console.log('held')
    setTimeout(() => {}, 20000)`
  const child = spawn(process.execPath, ['-e', script, join(folder, 'lock.sqlite')], { stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise<typeof child>(resolve => child.stdout.once('data', () => resolve(child)))
}

test('one home has one host, and the file it publishes is for its owner only', () => {
  const lock = takeHome(folder)
  expect(lock).not.toBeNull()
  expect(takeHome(folder)).toBeNull()
  lock?.publish({ pid: process.pid, startedAt: '2026-01-01T00:00:00Z', control: 'http://127.0.0.1:1', controlKey: 'k' })
  expect(readHostFile(folder)).toMatchObject({ pid: process.pid, controlKey: 'k' })
  expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o600)
  lock?.release()
  expect(readHostFile(folder)).toBeNull()
  const again = takeHome(folder)
  expect(again).not.toBeNull()
  again?.release()
})

test('the lock of a host that was killed is taken over at once', async () => {
  const holder = await otherHolder()
  expect(takeHome(folder)).toBeNull()
  const gone = new Promise(resolve => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  const lock = takeHome(folder)
  expect(lock).not.toBeNull()
  lock?.release()
})

test('a damaged lock file does not lock the home for ever; beside a living host it is left alone', () => {
  const garbage = 'this is not a database '.repeat(100)
  writeFileSync(join(folder, 'lock.sqlite'), garbage)
  writeFileSync(
    join(folder, 'host.json'),
    JSON.stringify({ pid: process.pid, startedAt: '', control: 'http://127.0.0.1:1', controlKey: 'k' }),
  )
  expect(() => takeHome(folder)).toThrow(/could not be locked/)
  rmSync(join(folder, 'host.json'))
  const lock = takeHome(folder)
  expect(lock).not.toBeNull()
  expect(takeHome(folder)).toBeNull()
  lock?.release()
})
