import { execa } from 'execa'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The built command line with a home of its own; the hub and the indexes refuse at once. */
const root = join(import.meta.dirname, '..', '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'roundhouse-cli-models-'))
const path = join(folder, 'mine-Q8_0.gguf')
let closed: Server
let nowhere = ''

beforeAll(async () => {
  closed = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
  await new Promise(resolve => closed.once('listening', resolve))
  nowhere = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`
  const weights = readFileSync(join(root, 'resources', 'canary', 'canary.Q8_0.gguf'))
  weights.write('Roundhouse mine  ', weights.indexOf('Roundhouse canary'))
  writeFileSync(path, weights)
})
afterAll(async () => {
  await run('stop', '--all')
  closed.close()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

function run(...args: string[]) {
  const env = { ROUNDHOUSE_HOME: join(folder, 'home'), ROUNDHOUSE_HUB: nowhere, PIP_INDEX_URL: nowhere, ROUNDHOUSE_GITHUB: nowhere }
  return execa(process.execPath, [join(root, 'dist', 'host', 'cli.js'), ...args], { env, reject: false, input: '' })
}
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).stdout)

test('the help of models names every command', async () => {
  const { stdout } = await run('models', '--help')
  const names = ['where', 'found', 'projector', 'pause', 'discard', 'use', 'folders', 'tools', 'token', 'move', 'link', 'unlink', 'share']
  for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
})

test(
  'a model is taken in, told where it lies, and found again where it was moved, but not while it is where it was',
  { timeout: 60_000 },
  async () => {
    const { id } = (await json('models', 'import', path)) as { id: string }
    const loads = expect.objectContaining({ runtime: 'llama.cpp', loads: true }) as unknown
    expect(await json('models', 'where', id)).toMatchObject({ path, reach: expect.arrayContaining([loads]) as unknown[] })
    const still = await run('models', 'found', id, path)
    expect(still.exitCode).toBeGreaterThan(0)
    expect(still.stderr).toContain('is where it was')
    const moved = join(folder, 'moved-Q8_0.gguf')
    renameSync(path, moved)
    expect(await json('models', 'found', id, moved)).toMatchObject({ id, path: moved, state: 'ready' })
    // What cannot be had says why, and ends with a code that a script sees.
    const blind = await run('models', 'projector', id)
    expect(blind.exitCode).toBeGreaterThan(0)
    expect(blind.stderr).toMatch(/[a-z]{3}/)
  },
)

test('folders are added and taken off; tools and the token are told', { timeout: 60_000 }, async () => {
  const own = expect.objectContaining({ folder }) as unknown
  expect(await json('models', 'folders', '--add', folder)).toEqual(expect.arrayContaining([own]))
  expect(await json('models', 'folders', '--remove', folder)).not.toEqual(expect.arrayContaining([own]))
  expect(await json('models', 'tools')).toEqual([])
  expect(await json('models', 'token')).toMatchObject({ host: expect.any(String) as string })
  expect((await run('models', 'token', '--set')).stderr).toContain('No token came on standard input')
})
