import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeHome } from '../../../electron/core/lib/home-lock'
import { openHome } from '../../../electron/core/lib/home'
import type { ShellLink } from '../../../electron/transport/shell-link'
import { hostOrJoined, relayToRunningHost } from '../../../electron/transport/relay-host'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-joined-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const link: ShellLink = { tell: () => undefined, listen: () => undefined, onPort: () => undefined }
const home = () => openHome({ ROUNDHOUSE_HOME: folder })

test('a host that is just ending is waited for: first it cannot be joined, then its home is free', async () => {
  const ending = takeHome(home().run)
  // Its doors are shut already, its lock is not yet.
  ending?.publish({
    pid: process.pid,
    control: 'http://127.0.0.1:1',
    controlKey: 'gone',

    startedAt: '2026-01-15T11:31:00.000Z',
  })
  setTimeout(() => ending?.release(), 600)
  const run = () => Promise.resolve(takeHome(home().run))
  const taken = await hostOrJoined(run, { join: () => relayToRunningHost(home(), link), withinMs: 10_000 })
  expect(taken).not.toBeNull()
  taken?.release()
})

test('a host that neither ends nor answers is told of when the time is up', async () => {
  const held = takeHome(home().run)
  const run = () => Promise.resolve(takeHome(home().run))
  const trying = hostOrJoined(run, { join: () => relayToRunningHost(home(), link), withinMs: 300 })
  await expect(trying).rejects.toMatchObject({ code: 'busy' })
  held?.release()
})

test('one that answers is joined, and none is run', async () => {
  expect(await hostOrJoined(() => Promise.resolve(null), { join: () => Promise.resolve(), withinMs: 1_000 })).toBeNull()
})
