import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { examineRuntime } from '../../../electron/core/install/doctor'
import { runTool } from '../../../electron/core/lib/run-tool'
import { lmstudio } from '../../../electron/core/runtimes/lmstudio'
import type { Runtime } from '../../../electron/core/runtimes/runtime'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder } from './archives'

const fake = readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'fake-lmstudio.mjs'), 'utf8')

/** A home with a program `lms` where LM Studio puts it. */
async function homeWith(folder: string, text: string) {
  const lms = join(folder, '.lmstudio', 'bin', 'lms')
  await mkdir(join(lms, '..'), { recursive: true })
  await writeFile(lms, text.replace('#!/usr/bin/env node', `#!${process.execPath}`), { mode: 0o755 })
  const deps = { runTool, fetch, homeFolder: folder, environment: { HOME: folder }, buildsFolder: join(folder, 'builds') }
  const run = (...args: string[]) => runTool(lms, args, { timeoutMs: 10_000, env: { HOME: folder } })
  return { deps, run }
}

const at = (address: string): Runtime => ({ ...lmstudio, doctor: { commands: [], requests: [], ...lmstudio.doctor, address } })
const asked = (report: Awaited<ReturnType<typeof examineRuntime>>) =>
  new Map(report.looks.flatMap(each => (each.what === 'asked' ? [[each.where, each] as const] : [])))

test('the doctor asks LM Studio (a fake of it) what is only known from documentation, and records the answers', async () => {
  await inFolder(async folder => {
    const { deps, run } = await homeWith(folder, fake)
    try {
      await run('server', 'start', '--port', '0')
      const { port } = JSON.parse((await run('server', 'status', '--json')).stdout) as { port: number }
      const address = `http://127.0.0.1:${port}`
      const report = await examineRuntime(deps, at(address), machineOf())
      const looks = asked(report)
      expect([...looks.keys()]).toEqual([
        ...(lmstudio.doctor?.commands ?? []).map(each => ['lms', ...each].join(' ')),
        ...(lmstudio.doctor?.requests ?? []).map(each => address + each),
      ])
      expect(looks.get('lms server status --json --quiet')).toMatchObject({ outcome: 'found', detail: `{"running":true,"port":${port}}` })
      // The fake does not know this one, and the doctor says so.
      expect(looks.get('lms runtime ls --json')).toMatchObject({ outcome: 'failed', detail: "Error: unknown command 'runtime'" })
      expect(looks.get(`${address}/lmstudio-greeting`)).toMatchObject({ outcome: 'found', detail: '200 {"lmstudio":true}' })
      const recorded = new Map(report.recordings.map(each => [each.name, each.text]))
      expect(recorded.get('lms-asked-ps-json.txt')).toBe('lms ps --json\n0\n[]\n')
      expect(recorded.get('lms-asked-api-v1-models.txt')).toBe('GET /api/v1/models\n200\n{"models":[]}\n')
      expect(recorded.size).toBe(report.recordings.length)
    } finally {
      await run('daemon', 'down')
      await vi.waitFor(() => expect(existsSync(join(folder, '.lmstudio', '.internal', 'fake-daemon.json'))).toBe(false), 5_000)
    }
  })
})

test('a stranger of the same name is asked for its version alone, and no other machine is asked', async () => {
  await inFolder(async folder => {
    const { deps } = await homeWith(folder, `#!/bin/sh\necho "$@" >> "${join(folder, 'asked')}"\necho stranger\n`)
    const fetched = vi.fn(() => Promise.reject(new Error('nobody is to be asked')))
    const report = await examineRuntime({ ...deps, fetch: fetched }, at('http://192.0.2.1:1234'), machineOf())
    expect(readFileSync(join(folder, 'asked'), 'utf8').split('\n')).not.toContain('ps --json')
    expect([...asked(report).values()].map(each => each.detail)).toEqual(
      (lmstudio.doctor?.requests ?? []).map(() => 'not asked: only this machine is'),
    )
    expect(fetched).not.toHaveBeenCalled()
    expect(report.advice.join(' ')).toContain('is not LM Studio')
  })
})

test('an answer without an end is left after a while, and one that nobody gives is said', async () => {
  await inFolder(async folder => {
    const { deps } = await homeWith(folder, '#!/bin/sh\n')
    const server = createServer((request, response) => {
      if (request.url !== '/v1/models') {
        response.destroy()
        return
      }
      const flood = () => {
        while (response.write('x'.repeat(64 * 1024)));
      }
      response.on('drain', flood)
      flood()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const report = await examineRuntime(deps, at(address), machineOf())
      expect(asked(report).get(`${address}/v1/models`)).toMatchObject({ outcome: 'found' })
      expect(report.recordings.find(each => each.name === 'lms-asked-v1-models.txt')?.text.length).toBeLessThan(1_001_000)
      expect(asked(report).get(`${address}/lmstudio-greeting`)).toMatchObject({ outcome: 'no-answer' })
    } finally {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  })
})
