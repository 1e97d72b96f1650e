import { build } from 'esbuild'
import { execa } from 'execa'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fakeFile } from '../integration/supervisor/harness'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rh-exposed-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a runtime that listens beyond this machine is ended within seconds, and told (Linux, in a network namespace of its own)', async () => {
  // The bundle looks for the fake two folders up, as its source does.
  const file = join(folder, 'test', 'deep', 'child.mjs')
  await cp(fakeFile, join(folder, 'fixtures', 'fake-runtime.mjs'))
  const entry = fileURLToPath(new URL('./exposed-listener-child.ts', import.meta.url))
  const banner = { js: "import{createRequire as __create}from'node:module';const require=__create(import.meta.url);" }
  await build({ entryPoints: [entry], outfile: file, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error' })
  const script = 'ip link set lo up && exec "$0" "$1"'
  const { stdout } = await execa('unshare', ['--map-root-user', '--net', 'sh', '-c', script, process.execPath, file], { timeout: 30_000 })
  const seen = JSON.parse(stdout) as {
    why: string | null
    state: { kind: string; autopsy?: { cause: string; permanent: boolean } }
    tookMs: number
  }
  expect(seen.state).toMatchObject({ kind: 'failed', autopsy: { cause: 'listens-beyond-this-machine', permanent: true } })
  expect(seen.why).toContain('network')
  expect(seen.tookMs).toBeLessThan(10_000)
}, 60_000)
