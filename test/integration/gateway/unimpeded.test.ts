import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createBackground, defineTask } from '../../../electron/core/lib/background'
import { runTool } from '../../../electron/core/lib/run-tool'
import { startUpstream } from '../../fixtures/upstream'
import { chat, ready, startGateway } from './setup'

const hangs = 'setInterval(() => {}, 1000)'
const burns = `import { parentPort, workerData } from 'node:worker_threads'
let sum = 0
for (const end = performance.now() + workerData.input.forMs; performance.now() < end;) sum += Math.sqrt(sum + 1)
parentPort.postMessage({ type: 'done', output: sum })`

test('a probe that hangs and a worker that computes do not hold up a running stream', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-unimpeded-'))
  const workerFile = join(folder, 'burn.mjs')
  writeFileSync(workerFile, burns)
  const upstream = await startUpstream({ tokens: Array.from({ length: 150 }, () => 'x'), delayMs: 10 })
  const started = await startGateway({ 'org/name': ready(upstream.address) })
  const stream = chat(started.origin)

  const probe = runTool(process.execPath, ['-e', hangs], { timeoutMs: 1_200 })
  const work = createBackground(workerFile).run(defineTask<{ forMs: number }, number>('burn'), { forMs: 1_200 }, { timeoutMs: 10_000 })

  const gapsMs: number[] = []
  let lastMs: number | null = null
  for await (const _ of (await stream).body ?? []) {
    const now = performance.now()
    if (lastMs !== null) gapsMs.push(now - lastMs)
    lastMs = now
  }
  gapsMs.sort((left, right) => left - right)
  expect((await probe).outcome).toBe('timed-out')
  expect(await work).toBeGreaterThan(0)
  // Blocking, as a synchronous probe does, would show as one gap of 1,200 ms.
  expect(gapsMs.at(-1)).toBeLessThan(300)
  expect(gapsMs[Math.floor(gapsMs.length / 2)]).toBeLessThan(30)
  await started.close()
  await upstream.close()
  rmSync(folder, { recursive: true, force: true })
})
