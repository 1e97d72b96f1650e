import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSmallHost, killAndWatch, startSmallHost } from '../integration/supervisor/small-host.harness'

let built: Awaited<ReturnType<typeof buildSmallHost>>
beforeAll(async () => void (built = await buildSmallHost()))
afterAll(() => built.remove())

test('30 times kill -9 of the host leaves no runtime alive after 1 s', async () => {
  const times: number[] = []
  for (let round = 0; round < 30; round += 1) {
    const flags = [['--fork-child'], ['--fork-child', '--ignore-sigterm'], ['--fork-child', '--fork-escapee']][round % 3] ?? []
    const started = await startSmallHost(built.file, flags)
    const { alive, goneAfterMs } = await killAndWatch(started)
    for (const pid of alive) process.kill(pid, 'SIGKILL')
    expect(alive).toEqual([])
    times.push(goneAfterMs)
  }
  console.log(`orphans: 30 of 30 rounds clean, gone after ${Math.min(...times)} to ${Math.max(...times)} ms`)
}, 120_000)
