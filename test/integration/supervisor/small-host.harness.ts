import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { fakeFile, isAlive, until } from './harness'

/** Builds the small host once; `remove` deletes it. */
export async function buildSmallHost() {
  const folder = await mkdtemp(join(tmpdir(), 'rh-small-host-'))
  const file = join(folder, 'host.mjs')
  const entry = fileURLToPath(new URL('./small-host.ts', import.meta.url))
  const banner = { js: "import{createRequire as __create}from'node:module';const require=__create(import.meta.url);" }
  await build({ entryPoints: [entry], outfile: file, bundle: true, platform: 'node', format: 'esm', banner, logLevel: 'error' })
  return { file, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Starts the host with a fake runtime; resolves when the runtime and all its children are up. */
export async function startSmallHost(file: string, flags: readonly string[], installId = randomUUID()) {
  const host = spawn(process.execPath, [file, installId, fakeFile, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  host.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const children = flags.filter(flag => flag.startsWith('--fork')).length
  const numbers = (word: string) => [...text.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(match => Number(match[1]))
  await until(() => text.includes('model loaded') && numbers('runtime').length === 1 && numbers('child').length === children, 10_000)
  const [runtime = 0] = numbers('runtime')
  return { installId, host, runtime, children: numbers('child'), pids: [runtime, ...numbers('child')] }
}

/** Kills the host by SIGKILL and gives back who was still alive 1 s later, and after how long all were gone. */
export async function killAndWatch({ host, pids }: { host: ReturnType<typeof spawn>; pids: readonly number[] }) {
  const ended = new Promise(resolve => host.once('exit', resolve))
  host.kill('SIGKILL')
  await ended
  const beganMs = performance.now()
  let alive = [...pids]
  while (alive.length > 0 && performance.now() - beganMs < 1_000) {
    await sleep(10)
    const states = await Promise.all(alive.map(isAlive))
    alive = alive.filter((_, index) => states[index])
  }
  return { alive, goneAfterMs: Math.round(performance.now() - beganMs) }
}
