import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { boot, cleanUp, fakeSpec, isAlive } from '../integration/supervisor/harness'

afterEach(cleanUp)

test('starts, stops and restarts in any order answer everyone and leave at most one process', async () => {
  const { supervisor } = await boot()
  const seen = new Set<number>()
  supervisor.subscribe(event => {
    if (event.type === 'changed' && event.instance.pid !== null) seen.add(event.instance.pid)
  })
  const spec = fakeSpec('a', { behaviour: ['--load-ms', '30'] })
  const waiting: Promise<unknown>[] = []
  for (let turn = 0; turn < 40; turn += 1) {
    const id = supervisor.find('a')?.id
    const act = [
      () => supervisor.start(spec),
      () => (id ? supervisor.stop(id) : Promise.resolve()),
      () => (id ? supervisor.restart(id) : supervisor.start(spec)),
    ][(turn * 7) % 3]
    if (act)
      waiting.push(
        act().then(
          () => 'done',
          (error: unknown) => (error instanceof Error ? error.message : ''),
        ),
      )
    await sleep((turn * 37) % 120)
    const alive = await Promise.all([...seen].map(isAlive))
    expect(alive.filter(Boolean).length).toBeLessThanOrEqual(1)
  }
  const id = supervisor.find('a')?.id ?? ''
  await supervisor.stop(id)
  expect(await Promise.all(waiting)).toHaveLength(40)
  expect((await Promise.all([...seen].map(isAlive))).filter(Boolean)).toEqual([])
  console.log(`races: 40 orders, ${seen.size} processes, one at a time`)
}, 60_000)
