import { execa } from 'execa'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { DoctorReport } from '../../../electron/contract/install'
import type { RuntimeDetail } from '../../../electron/contract/runtime-detail'

/** The built program with a home of its own, and one host for all questions; no network is asked. */
const root = join(import.meta.dirname, '..', '..', '..')
let folder: string
let hostPid = 0

const nowhere = 'http://127.0.0.1:9'
const roundhouse = (...args: string[]) =>
  execa(process.execPath, [join(root, 'dist', 'host', 'cli.js'), ...args], {
    reject: false,
    env: { ROUNDHOUSE_HOME: folder, ROUNDHOUSE_GITHUB: nowhere, ROUNDHOUSE_HUB: nowhere, PIP_INDEX_URL: nowhere },
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-runtimes-'))
  const { stdout } = await roundhouse('up', '--model', 'roundhouse/canary', '--json')
  hostPid = (JSON.parse(stdout) as { hostPid: number }).hostPid
}, 60_000)

afterAll(async () => {
  await roundhouse('stop', '--all')
  // It writes a copy of its database as it ends.
  await vi.waitFor(() => expect(() => process.kill(hostPid, 0)).toThrow('ESRCH'), 10_000)
  await rm(folder, { recursive: true, force: true })
})

test('the list is an array of runtimes with builds, offers, matrix and card; the bundled build is in use', async () => {
  const { stdout, exitCode } = await roundhouse('runtimes', '--json')
  expect(exitCode).toBe(0)
  const listed = JSON.parse(stdout) as RuntimeDetail[]
  const first = listed.find(each => each.id === 'llama.cpp')
  expect(first).toMatchObject({ tier: 'first-class', metrics: true })
  expect(first?.builds.find(each => each.origin === 'bundled')).toMatchObject({ usedBy: ['llama-cpp-1'], removable: false })
  expect(Object.keys(first?.matrix ?? {}).length).toBeGreaterThan(8)
  expect(listed.every(each => each.conformance.length > 0)).toBe(true)
})

test('exit codes: 2 for a wrong word, 3 for what cannot be here, 1 for what does not exist', async () => {
  const [wrong, unknown, unable, part] = await Promise.all([
    roundhouse('runtimes', 'instal', 'x'),
    roundhouse('runtimes', 'use', 'nothing@1', '--json'),
    roundhouse('runtimes', 'install', 'omlx', '--json'),
    roundhouse('runtimes', 'remove', 'llama.cpp', '--json'),
  ])
  expect(wrong.exitCode).toBe(2)
  expect([unknown.exitCode, JSON.parse(unknown.stdout)]).toMatchObject([1, { error: { code: 'not-found' } }])
  expect([unable.exitCode, JSON.parse(unable.stdout)]).toMatchObject([3, { error: { code: 'not-available-here' } }])
  expect([part.exitCode, JSON.parse(part.stdout)]).toMatchObject([1, { error: { code: 'not-found' } }])
})

test('the doctor tells where it looked, and records it', async () => {
  const { stdout, exitCode } = await roundhouse('runtimes', 'doctor', 'llama.cpp', '--record', join(folder, 'fixture'), '--json')
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout) as DoctorReport & { recorded: string[] }
  expect(report.looks.find(each => each.what === 'app')).toMatchObject({ outcome: 'found' })
  expect(report.recorded).toContain('doctor.json')
  expect(JSON.parse(await readFile(join(folder, 'fixture', 'doctor.json'), 'utf8'))).toMatchObject({ runtime: 'llama.cpp' })
})
