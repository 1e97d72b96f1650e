import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../../electron/core/lib/clock'
import { guardName } from '../../../electron/core/supervisor/guard'
import { createLedger, type RunRow } from '../../../electron/core/supervisor/ledger'
import { collectionInMemory, isAlive, until } from './harness'
import { buildSmallHost, killAndWatch, startSmallHost } from './small-host.harness'

let built: Awaited<ReturnType<typeof buildSmallHost>>
beforeAll(async () => void (built = await buildSmallHost()))
afterAll(() => built.remove())

const forget = async (pids: readonly number[]) => {
  for (const pid of pids) if (await isAlive(pid)) process.kill(pid, 'SIGKILL')
}

/** The guard's watcher: same group as the runtime, known by its name. */
async function guardOf(group: number): Promise<number> {
  for (const pid of (await readdir('/proc')).map(Number).filter(Number.isInteger)) {
    const [stat, command] = await Promise.all(['stat', 'cmdline'].map(name => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')))
    if (command?.includes(guardName) && stat?.split(') ')[1]?.split(' ')[2] === String(group)) return pid
  }
  throw new Error('there is no guard')
}

test.each([1, 2, 3, 4, 5])('kill -9 of the host leaves nothing alive after 1 s (%i)', async round => {
  const flags = ['--fork-child', ...(round % 2 === 0 ? ['--ignore-sigterm'] : ['--fork-escapee'])]
  const started = await startSmallHost(built.file, flags)
  const { alive, goneAfterMs } = await killAndWatch(started)
  await forget(alive)
  expect(alive).toEqual([])
  expect(goneAfterMs).toBeLessThan(1_000)
})

describe('the sweep at start', () => {
  /** A runtime whose guard was killed before its host: nothing but the sweep can find it. */
  async function leftover() {
    const started = await startSmallHost(built.file, ['--fork-child'])
    process.kill(await guardOf(started.runtime), 'SIGKILL')
    started.host.kill('SIGKILL')
    await new Promise(resolve => started.host.once('exit', resolve))
    return started
  }

  const row = { runId: 'run-1', instance: 'fake-1', executable: '/opt/fake-server', port: null }

  test('ends what a dead guard left, by its record', async () => {
    const { installId, runtime, pids } = await leftover()
    const rows = collectionInMemory<RunRow>()
    const before = createLedger({ rows, installId, clock: systemClock })
    await before.begin(row)
    await before.launched('run-1', runtime)
    expect(rows.get('run-1')).toMatchObject({ pid: runtime, group: runtime })
    expect(await Promise.all(pids.map(isAlive))).toEqual([true, true])
    const notices = await createLedger({ rows, installId, clock: systemClock }).sweep()
    expect(notices).toEqual([`Ended fake-server (process ${runtime}), left over from an earlier run.`])
    await until(async () => !(await Promise.all(pids.map(isAlive))).includes(true))
    expect(rows.all()).toEqual([])
  })

  test('ends it by its mark when the record was lost, and touches no other home', async () => {
    const ours = await leftover()
    const others = await leftover()
    expect(await Promise.all(ours.pids.map(isAlive))).toEqual([true, true])
    const notices = await createLedger({ rows: collectionInMemory<RunRow>(), installId: ours.installId, clock: systemClock }).sweep()
    expect(notices.map(text => Number(/process (\d+)/.exec(text)?.[1])).sort()).toEqual(ours.pids.toSorted())
    await until(async () => !(await Promise.all(ours.pids.map(isAlive))).includes(true))
    expect(await Promise.all(others.pids.map(isAlive))).toEqual([true, true])
    await forget(others.pids)
  })

  test('forgets a record whose number belongs to another process by now, or whose boot is over', async () => {
    const { pids, runtime, installId } = await leftover()
    const rows = collectionInMemory<RunRow>()
    const ledger = createLedger({ rows, installId: 'another', clock: systemClock })
    await ledger.begin(row)
    await ledger.launched('run-1', runtime)
    const written = rows.get('run-1')
    if (!written) throw new Error('no row')
    rows.set('run-1', { ...written, startTime: '1' })
    rows.set('run-2', { ...written, runId: 'run-2', bootId: 'an-earlier-boot' })
    expect(await createLedger({ rows, installId: 'another', clock: systemClock }).sweep()).toEqual([])
    expect(rows.all()).toEqual([])
    expect(await Promise.all(pids.map(isAlive))).toEqual([true, true])
    await createLedger({ rows, installId, clock: systemClock }).sweep()
    await until(async () => !(await Promise.all(pids.map(isAlive))).includes(true))
  })

  test('leaves what this run has started alone', async () => {
    const { pids, host, installId } = await startSmallHost(built.file, [])
    const ledger = createLedger({ rows: collectionInMemory<RunRow>(), installId, clock: systemClock })
    await ledger.begin(row)
    expect(await ledger.sweep()).toEqual([])
    expect(await Promise.all(pids.map(isAlive))).toEqual([true])
    expect((await killAndWatch({ host, pids })).alive).toEqual([])
  })
})
