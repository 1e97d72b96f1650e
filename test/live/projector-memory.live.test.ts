import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Build } from '../../electron/contract/runtime'
import { visionBuffer } from '../../electron/core/recommend/vision/vision-buffer'
import { xllamacppLauncherOf } from '../../electron/core/runtimes/llama-cpp.xllamacpp'
import { writeEmptyProjector } from '../runtimes/live/empty-projector'
import { ownLogs } from '../unit/recommend/fixtures/vision-logs'
import { installXllamacpp } from './xllamacpp-build'

const canary = join(import.meta.dirname, '..', '..', 'resources', 'canary', 'canary.Q8_0.gguf')
const said = /compute_meta:\s+CPU compute buffer size =\s+([\d.]+) MiB/

/**
 * Whether what a real server reserves for a projector is still what the fixture records, and what is reckoned. The projectors are
 * zeros of true shape. Needs the network for PyPI: run with ROUNDHOUSE_LIVE=1 and the path of this file.
 */
describe.runIf(process.env['ROUNDHOUSE_LIVE'])('what a llama.cpp server reserves for a projector', () => {
  let folder: string
  let build: Build
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'projectors-'))
    build = await installXllamacpp(folder)
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(ownLogs)('$name', { timeout: 120_000 }, async ({ encoder, bufferMiB, onGpu, flashAttention }) => {
    const path = join(folder, 'mmproj.gguf')
    writeEmptyProjector(path, encoder)
    const loggedMiB = await reservedBy(build, path, flashAttention === true)
    const reckoned = visionBuffer(encoder, { onGpu, flashAttention })
    console.log(`${encoder.projector}: ${loggedMiB} MiB logged, ${reckoned.bufferMiB.toFixed(2)} reckoned, ${bufferMiB} recorded`)
    expect(Math.abs(loggedMiB - bufferMiB)).toBeLessThan(0.5)
    expect(Math.abs(reckoned.bufferMiB - loggedMiB)).toBeLessThanOrEqual(Math.max(32, loggedMiB * 0.15))
  })
})

/** Starts the server with the canary and a projector until its log says the figure, and ends it. */
async function reservedBy(build: Build, projector: string, flashAttention: boolean): Promise<number> {
  if (build.path === null) throw new Error('it has no executable')
  const wanted = ['-m', canary, '--mmproj', projector, '-fa', flashAttention ? 'on' : 'off', '-ngl', '0', '-c', '256', '-lv', '4']
  const server = execa(build.path, [xllamacppLauncherOf(build.path), ...wanted, '--host', '127.0.0.1', '--port', '0'], {
    ...{ reject: false, all: true, timeout: 60_000 },
  })
  let text = ''
  for await (const line of server.iterable({ from: 'all' })) {
    text = `${text}${line}\n`.slice(-4_000)
    const found = said.exec(line)
    if (!found) continue
    server.kill('SIGKILL')
    return Number(found[1])
  }
  throw new Error(`its log does not say it: ${text}`)
}
