import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findOnPath } from '../../../electron/core/install/find-on-path'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { inputOf } from './launching'

const folder = mkdtempSync(join(tmpdir(), 'roundhouse-key-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A console script as installers write it; it tells what it was given and what everybody can read of it. */
const script = `#!/usr/bin/env python3
import json, os, sys
if __name__ == "__main__":
    try:
        shown = open("/proc/self/cmdline").read()
    except OSError:
        shown = ""
    print(json.dumps({"given": sys.argv[1:], "shown": shown, "left": [name for name, value in os.environ.items() if "the secret" in value]}))
`

async function programOf(name: string): Promise<string> {
  const bin = join(folder, name, 'bin')
  mkdirSync(bin, { recursive: true })
  const python = await findOnPath('python3', process.env)
  if (python === null) throw new Error('These servers are Python programs: python3 is needed on the PATH.')
  symlinkSync(python, join(bin, 'python'))
  writeFileSync(join(bin, name), script)
  chmodSync(join(bin, name), 0o755)
  return join(bin, name)
}

const model = { id: 'local/model:BF16', title: 'Model', path: '/models/model', sha256: null, facts: null }

test.each([
  ['sglang', '--api-key'],
  ['lmdeploy', '--api-keys'],
  ['vllm-mlx', '--api-key'],
])('%s gets its key, and nobody reads it off the list of processes', async (id, flag) => {
  const path = await programOf(id)
  const launch = runtimes.find(each => each.id === id)?.launch
  const plan = launch?.plan(inputOf({ model, build: { runtime: id, kind: id, path, origin: 'managed' } }))
  if (plan?.process.kind !== 'spawn') throw new Error('it is not started')
  const { file, args, env } = plan.process
  expect(plan.headers).toEqual({ authorization: 'Bearer the secret' })
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data: Buffer) => (said += data.toString()))
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(0)
  const seen: unknown = JSON.parse(said)
  expect(seen).toMatchObject({ given: expect.arrayContaining(['serve', flag]), left: [] })
  expect(seen).toMatchObject({ given: expect.arrayContaining(['the secret']), shown: expect.not.stringContaining('the secret') })
})

test.each(['sglang', 'lmdeploy'])('%s in a container gets it by the environment of the command', id => {
  const launch = runtimes.find(each => each.id === id)?.launch
  const build = { runtime: id, kind: `${id}-container`, path: '/usr/bin/docker', origin: 'managed' as const, image: 'maker/image:1' }
  const plan = launch?.plan(inputOf({ model, build }))
  if (plan?.process.kind !== 'service') throw new Error('it is no container')
  expect(plan.process.watch.join(' ')).not.toContain('the secret')
  expect(plan.process.watch).toContain('ROUNDHOUSE_RUNTIME_KEY')
  expect(plan.process.watch.slice(plan.process.watch.indexOf('--entrypoint')).slice(0, 4)).toEqual([
    ...['--entrypoint', 'python3', 'maker/image:1', '-c'],
  ])
  expect(plan.process.env).toMatchObject({ ROUNDHOUSE_RUNTIME_KEY: 'the secret' })
})
