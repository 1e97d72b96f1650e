import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTool } from '../../../electron/core/lib/run-tool'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roundhouse-guarded-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const until = async (holds: () => boolean | Promise<boolean>, withinMs = 3_000) => {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to be')
    await sleep(20)
  }
}
const numberIn = async (name: string) => Number((await readFile(join(folder, name), 'utf8').catch(() => '')).trim())
/** Starts another in the background, writes both numbers down, and goes on. */
const parent = (name: string, then: string) => `sleep 60 & echo $! > ${join(folder, name)}; echo begun; ${then}`

describe.runIf(process.platform !== 'win32')('a tool under guard', () => {
  test('says what it said, and ends as it ended', async () => {
    const told = await runTool('sh', ['-c', 'echo out; echo err >&2; cat; exit 3'], { timeoutMs: 5_000, guarded: true })
    expect(told).toMatchObject({ outcome: 'failed', exitCode: 3, stdout: 'out', stderr: 'err' })
    expect(await runTool('echo', ['here'], { timeoutMs: 5_000, guarded: true })).toMatchObject({ outcome: 'read', stdout: 'here' })
    expect((await runTool('no-such-tool-anywhere', [], { timeoutMs: 5_000, guarded: true })).outcome).toBe('missing')
  })

  test('takes along what it started when it ends by itself', async () => {
    expect((await runTool('sh', ['-c', parent('left', 'true')], { timeoutMs: 5_000, guarded: true })).outcome).toBe('read')
    const left = await numberIn('left')
    await until(() => !isAlive(left))
  })

  test('that is cancelled is gone with all that it started before this is told', async () => {
    const abort = new AbortController()
    const onLine = () => setTimeout(() => abort.abort(), 50)
    const script = parent('cancelled', 'wait')
    const told = await runTool('sh', ['-c', script], { timeoutMs: 20_000, guarded: true, signal: abort.signal, onLine })
    expect(told.outcome).toBe('failed')
    expect(isAlive(await numberIn('cancelled'))).toBe(false)
  })

  const lib = join(import.meta.dirname, '../../../electron/core/lib')
  const imported = (name: string, file: string) => `import { ${name} } from ${JSON.stringify(join(lib, file))}`

  test.each([
    ['runTool', (args: string) => `${imported('runTool', 'run-tool.ts')}; runTool('sh', ${args}, { timeoutMs: 60000, guarded: true })`],
    [
      'runToolLines',
      (args: string) =>
        `${imported('runToolLines', 'run-tool-lines.ts')}; runToolLines({ title: 'x', file: 'sh', args: ${args} }, { signal: new AbortController().signal, log() {} })`,
    ],
  ])('is gone soon after the app was killed: %s', async (name, codeWith) => {
    const code = codeWith(JSON.stringify(['-c', parent(name, 'wait')]))
    const outfile = join(folder, `${name}.mjs`)
    const banner = { js: "import{createRequire as __create}from'node:module';const require=__create(import.meta.url);" }
    const stdin = { contents: code, resolveDir: import.meta.dirname }
    await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error' })
    const host = spawn(process.execPath, [outfile], { stdio: 'ignore' })
    await until(async () => (await numberIn(name)) > 0, 10_000)
    const orphan = await numberIn(name)
    expect(isAlive(orphan)).toBe(true)
    host.kill('SIGKILL')
    await until(() => !isAlive(orphan))
  })
})
