import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { correctionSchema, type Machine } from '../../../electron/contract/machine'
import { createHardware } from '../../../electron/core/hardware/hardware'
import { readRecording } from '../../../electron/core/hardware/recording'
import { systemClock } from '../../../electron/core/lib/clock'
import { openStore } from '../../../electron/core/store/open-store'
import { machineFolder } from '../../fixtures/machines/expect'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'later-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

type Later = { resolve(machine: Machine): void; reject(error: Error): void; promise: Promise<Machine> }
const bandwidth = 'memory.bandwidthGBps'

async function watched() {
  const store = openStore(folder)
  const found = { ...(await readRecording(machineFolder('this-vm'))), detectedAt: null, pending: [bandwidth] }
  const laters: Later[] = []
  const hardware = createHardware({
    detect: () => Promise.resolve(found),
    later: () => {
      const later = Promise.withResolvers<Machine>()
      laters.push(later)
      return later.promise
    },
    readFree: machine => Promise.resolve({ ...machine, memory: { ...machine.memory, availableMiB: 1234 } }),
    corrections: store.collection('corrections', correctionSchema),
    clock: systemClock,
  })
  const states: Machine[] = []
  hardware.subscribe(machine => states.push(machine))
  const withMeasured = (GBps: number): Machine => ({ ...found, pending: [], memory: { ...found.memory, bandwidthGBps: GBps } })
  return { hardware, laters, states, measured: withMeasured, close: () => store.close() }
}

describe('what is measured after a detection', () => {
  test('comes as an update that keeps the free memory read meanwhile', async () => {
    const { hardware, laters, states, measured, close } = await watched()
    expect((await hardware.detect()).pending).toEqual([bandwidth])
    await hardware.refreshFree()
    laters[0]?.resolve(measured(31))
    await expect.poll(() => states.length).toBe(3)
    expect(hardware.current()).toMatchObject({ pending: [], memory: { bandwidthGBps: 31, availableMiB: 1234 } })
    close()
  })

  test('is dropped when the machine was looked at anew', async () => {
    const { hardware, laters, measured, close } = await watched()
    await hardware.detect()
    await hardware.detect()
    laters[0]?.resolve(measured(31))
    laters[1]?.resolve(measured(47))
    await expect.poll(() => hardware.current()?.memory.bandwidthGBps).toBe(47)
    close()
  })

  test('is waited for no longer when it fails', async () => {
    const { hardware, laters, close } = await watched()
    await hardware.detect()
    laters[0]?.reject(new Error('the worker died'))
    await expect.poll(() => hardware.current()?.pending).toEqual([])
    expect(hardware.current()?.memory.bandwidthGBps).toBeNull()
    close()
  })

  test('is neither kept nor told once the host ends, and does no harm', async () => {
    const { hardware, laters, states, measured, close } = await watched()
    await hardware.detect()
    const free = hardware.refreshFree()
    hardware.end()
    close()
    laters[0]?.resolve(measured(31))
    expect((await free).memory.availableMiB).toBe(1234)
    await new Promise(resolve => setImmediate(resolve))
    expect(states).toHaveLength(1)
    expect(hardware.current()?.memory.bandwidthGBps).toBeNull()
  })

  test('never takes the place of what the person said', async () => {
    const { hardware, laters, measured, close } = await watched()
    await hardware.detect()
    hardware.correct({ path: bandwidth, value: 60 })
    laters[0]?.resolve(measured(31))
    await expect.poll(() => hardware.current()?.pending).toEqual([])
    expect(hardware.current()?.memory.bandwidthGBps).toBe(60)
    close()
  })
})
