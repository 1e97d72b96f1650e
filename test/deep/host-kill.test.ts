import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Instance } from '../../electron/contract/instance'

const root = join(import.meta.dirname, '..', '..')
const cli = join(root, 'dist', 'host', 'cli.js')
const ROUNDS = 30

function run(home: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ROUNDHOUSE_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  return new Promise(resolve => child.once('exit', () => resolve(output)))
}

/** Processes whose environment carries this home, whatever their parent: the host, the guard, the engine. */
function aliveOf(home: string): number[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      const [command, environment] = [readFileSync(`/proc/${name}/cmdline`, 'utf8'), readFileSync(`/proc/${name}/environ`, 'utf8')]
      return command.includes(home) || environment.includes(home) ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

test.skipIf(process.platform !== 'linux')(
  `kill -9 of the real host leaves no runtime alive after 1 s, ${ROUNDS} of ${ROUNDS}`,
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'roundhouse-kill-'))
    const survived: number[] = []
    const goneMs: number[] = []
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const up = JSON.parse(await run(home, 'up', '--model', 'roundhouse/canary', '--json')) as {
          hostPid: number
          instances: Pick<Instance, 'pid'>[]
        }
        const pid = up.instances[0]?.pid ?? 0
        const began = performance.now()
        process.kill(up.hostPid, 'SIGKILL')
        while (isAlive(pid) && performance.now() - began < 1_000) await sleep(5)
        goneMs.push(Math.round(performance.now() - began))
        await sleep(Math.max(0, 1_000 - (performance.now() - began)))
        survived.push(...aliveOf(home))
      }
    } finally {
      await run(home, 'stop', '--all')
      rmSync(home, { recursive: true, force: true })
    }
    process.stdout.write(
      `runtime gone after ${Math.min(...goneMs)} to ${Math.max(...goneMs)} ms, ${ROUNDS} rounds, survivors: ${survived.length}\n`,
    )
    expect(survived).toEqual([])
  },
  600_000,
)

/** A process that has ended but was not collected yet is no process any more. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
