import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openHome } from '../../electron/core/lib/home'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roundhouse home ü-'))))
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('an empty variable counts as not set: nothing is put into whatever folder a command is typed in', () => {
  expect(openHome({ ROUNDHOUSE_HOME: '', XDG_DATA_HOME: folder }, 'linux').root).toBe(join(folder, 'roundhouse'))
})

test.each(['', 'relative/folder'])('a data folder that is not absolute is not taken: "%s"', data => {
  vi.stubEnv('HOME', folder)
  expect(openHome({ XDG_DATA_HOME: data }, 'linux').root).toBe(join(folder, '.local', 'share', 'roundhouse'))
})

test('a home that cannot be made is told in words', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => openHome({ ROUNDHOUSE_HOME: join(folder, 'file', 'home') })).toThrow(
    expect.objectContaining({
      code: 'home-unusable',
      message: expect.stringContaining('a file stands where its folder should be') as string,
    }),
  )
})
