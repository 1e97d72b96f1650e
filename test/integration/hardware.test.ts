import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { correctionSchema, machineSchema, type Machine } from '../../electron/contract/machine'
import { detect, readRecording } from '../../electron/core/hardware/detect'
import { readFreeMemory } from '../../electron/core/hardware/free-memory'
import { createHardware } from '../../electron/core/hardware/hardware'
import { createBackground } from '../../electron/core/lib/background'
import { systemClock } from '../../electron/core/lib/clock'
import { createMachineService, measuredMemorySchema } from '../../electron/core/machine'
import { openStore } from '../../electron/core/store/open-store'
import { machineFolder } from '../fixtures/machines/expect'

const background = createBackground(join(import.meta.dirname, '..', '..', 'dist', 'host', 'worker.js'))
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hardware-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A program of that name in a folder of its own, put first into PATH. */
async function program(name: string, script: string): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
  return `${bin}:${process.env['PATH'] ?? ''}`
}

/** The machine when nothing of it is being measured any more. */
async function settled(service: ReturnType<typeof createMachineService>): Promise<Machine> {
  const updates = new Promise<Machine>(resolve => {
    service.subscribe(machine => {
      if (!machine.pending?.length) resolve(machine)
    })
  })
  await service.detect()
  return updates
}

describe('this machine', () => {
  test('the bandwidth of its memory is known without asking anybody', async () => {
    const machine = await detect({ background })
    expect(machine.memory.bandwidthGBps).toBeGreaterThan(1)
    expect(machine.memory.bandwidthGBps).toBeLessThan(2000)
    expect(['likely', 'sure']).toContain(machine.origins['memory.bandwidthGBps']?.confidence)
  })

  test('what a busy machine measured of its memory is not remembered, what a quiet one did is', async () => {
    const store = openStore(folder)
    const measured = store.collection('measured-memory', measuredMemorySchema)
    const corrections = store.collection('corrections', correctionSchema)
    const detectAt = (load: number) =>
      settled(createMachineService({ background, clock: systemClock, corrections, measured, load: () => load }))
    const busy = await detectAt(cpus().length + 1)
    expect(busy.memory.bandwidthGBps).toBeGreaterThan(1)
    expect(measured.get('memory')).toBeNull()
    const quiet = await detectAt(0)
    expect(measured.get('memory')?.GBps).toBe(quiet.memory.bandwidthGBps)
    store.close()
  }, 20_000)

  test('what was measured once is measured again behind the next session, and the better one is kept', async () => {
    const store = openStore(folder)
    const measured = store.collection('measured-memory', measuredMemorySchema)
    const corrections = store.collection('corrections', correctionSchema)
    const session = () => settled(createMachineService({ background, clock: systemClock, corrections, measured, load: () => 0 }))
    await session()
    const machine = measured.get('memory')?.machine ?? ''
    measured.set('memory', { machine, GBps: 0.5 })
    expect((await session()).memory.bandwidthGBps).toBe(0.5)
    await expect.poll(() => measured.get('memory')?.GBps, { timeout: 10_000 }).toBeGreaterThan(1)
    measured.set('memory', { machine, GBps: 9_000 })
    await session()
    await sleep(1_500)
    expect(measured.get('memory')?.GBps).toBe(9_000)
    store.close()
  }, 30_000)

  test('the first detection waits for no measurement: what reading memory gave comes as an update', async () => {
    const store = openStore(folder)
    const corrections = store.collection('corrections', correctionSchema)
    const measured = store.collection('measured-memory', measuredMemorySchema)
    const service = createMachineService({ background, clock: systemClock, corrections, measured })
    const states: Machine[] = []
    const end = service.subscribe(machine => states.push(machine))
    const whole = await settled(service)
    end()
    const [first] = states
    // A machine whose firmware tells its modules has nothing to measure, and says all at once.
    expect(states.length).toBe(whole.probes.some(({ probe }) => probe === 'memory-bandwidth') ? 2 : 1)
    if (states.length === 2) {
      expect(first?.pending).toEqual(['memory.bandwidthGBps'])
      expect(first?.probes.some(({ probe }) => probe === 'memory-bandwidth')).toBe(false)
    }
    expect(whole.pending ?? []).toEqual([])
    expect(whole.memory.bandwidthGBps).toBeGreaterThan(1)
    expect(whole.detectedAt).toBe(first?.detectedAt)
    store.close()
  }, 20_000)

  test('is detected in less than 1.5 s, as the kernel knows it', async () => {
    const began = performance.now()
    // As every detection after the first: what was measured once is remembered.
    const machine = machineSchema.parse(await detect({ background, measuredBefore: 20, modelsFolder: folder }))
    expect(performance.now() - began).toBeLessThan(1500)
    expect(machine.disk?.freeMiB).toBeGreaterThan(0)
    expect(machine.memory.bandwidthGBps).toBe(20)
    expect(machine.cpu.logicalCores).toBe(cpus().length)
    expect(machine.memory.totalMiB).toBe(Math.floor(totalmem() / 1_048_576))
    expect(machine.probes.find(probe => probe.probe === 'systeminformation')?.outcome).toBe('read')
  })

  test('can be recorded and read back as the same machine', async () => {
    const record = join(folder, 'record')
    const machine = await detect({ background, record })
    const files = await readdir(record)
    expect(files).toEqual(expect.arrayContaining(['probes.json', 'proc-cpuinfo.txt', 'proc-meminfo.txt', 'uname.txt']))
    const index = JSON.parse(await readFile(join(record, 'probes.json'), 'utf8')) as {
      platform: string
      probes: { commandLine: string; durationMs: number }[]
    }
    expect(index.platform).toBe(machine.os.platform)
    expect(index.probes.length).toBe(machine.probes.length)
    const { probes: _probes, ...again } = await readRecording(record)
    const { probes: _before, ...before } = machine
    expect(again).toEqual(before)
  })

  test('a detection can be cancelled', async () => {
    const path = await program('nvidia-smi', 'exec sleep 30')
    const signal = AbortSignal.timeout(100)
    await expect(detect({ background, path, signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('a folder that is no recording', () => {
  test('is refused in words', async () => {
    await expect(readRecording(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' })
    await writeFile(join(folder, 'probes.json'), '{"not": "ours"}')
    await expect(readRecording(folder)).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('a tool that hangs', () => {
  test('stops nobody: the loop runs on, the rest is read, and it is said', async () => {
    const pids = join(folder, 'pids')
    const path = await program('nvidia-smi', `sleep 30 & echo $! >> ${pids}; wait`)
    let longestGapMs = 0
    let last = performance.now()
    const ticking = setInterval(() => {
      longestGapMs = Math.max(longestGapMs, performance.now() - last)
      last = performance.now()
    }, 10)
    try {
      const began = performance.now()
      const machine = await detect({ background, path, measuredBefore: 20 })
      expect(performance.now() - began).toBeLessThan(7000)
      expect(longestGapMs).toBeLessThan(500)
      expect(machine.probes.filter(probe => probe.probe.startsWith('nvidia-smi')).map(probe => probe.outcome)).toEqual(
        Array.from({ length: 6 }, () => 'timed-out'),
      )
      expect(machine.cpu.logicalCores).toBe(cpus().length)
      expect(machine.warnings.some(warning => warning.code === 'probe-timed-out' && warning.text.includes('nvidia-smi'))).toBe(true)
    } finally {
      clearInterval(ticking)
      for (const pid of (await readFile(pids, 'utf8')).split('\n').filter(Boolean)) {
        try {
          process.kill(Number(pid))
        } catch {
          // It ended with its parent.
        }
      }
    }
  })
})

describe('free memory', () => {
  test('is asked again without a new detection, only of tools that answered', async () => {
    const csv = (free: number) =>
      `index, name, pci.bus_id, memory.total [MiB], memory.used [MiB], memory.free [MiB], driver_version, compute_cap\\n0, NVIDIA GeForce RTX 4090, 00000000:01:00.0, 24564 MiB, 100 MiB, ${free} MiB, 580.1, 8.9`
    const asked = join(folder, 'asked')
    const answer = (free: number) => `echo "$*" >> ${asked}; case "$1" in --query-gpu=*) printf '${csv(free)}\\n';; *) exit 3;; esac`
    const path = await program('nvidia-smi', answer(24000))
    const machine = await detect({ background, path })
    expect(machine.gpus[0]).toMatchObject({ name: 'NVIDIA GeForce RTX 4090', vramFreeMiB: 24000, computeCapability: '8.9', usable: true })
    await program('nvidia-smi', answer(1234))
    await rm(asked)
    const fresh = await readFreeMemory(machine, { path })
    expect(fresh.gpus[0]?.vramFreeMiB).toBe(1234)
    expect(fresh.memory.availableMiB).toBeGreaterThan(0)
    expect({ ...fresh, memory: null, gpus: null }).toEqual({ ...machine, memory: null, gpus: null })
    expect((await readFile(asked, 'utf8')).trim().split('\n')).toHaveLength(1)
  })
})

describe('what the person corrects', () => {
  test('is kept over a restart, marked as theirs, and taken back', async () => {
    const database = join(folder, 'database')
    const open = () => openStore(database)
    const detected: Machine = await readRecording(machineFolder('rtx3090x2-unequal'))
    const begin = (store: ReturnType<typeof open>) =>
      createHardware({
        detect: () => Promise.resolve(detected),
        corrections: store.collection('corrections', correctionSchema),
        clock: systemClock,
      })

    const store = open()
    const hardware = begin(store)
    expect(hardware.current()).toBeNull()
    expect(() => hardware.correct({ path: 'memory.totalMiB', value: 1 })).toThrow(/not known yet/)
    await hardware.detect()
    const seen: (number | null)[] = []
    const end = hardware.subscribe(machine => seen.push(machine.gpus[0]?.fp16Tflops ?? null))
    hardware.correct({ path: 'gpus.gpu0.fp16Tflops', value: 10.6 })
    hardware.correct({ path: 'gpus.gpu0.usable', value: false })
    end()
    expect(seen).toEqual([10.6, 10.6])
    for (const wrong of [
      { path: 'gpus.gpu9.vramMiB', value: 1 },
      { path: 'memory.totalMiB', value: 'much' },
      { path: 'memory.totalMiB', value: -5 },
      { path: 'gpus.gpu0.id', value: 'x' },
      { path: 'constructor', value: 'x' },
      { path: 'gpus.gpu0.constructor', value: 'x' },
    ]) {
      expect(() => hardware.correct(wrong), wrong.path).toThrow(expect.objectContaining({ code: 'bad-input' }))
    }
    store.close()

    const again = open()
    const after = begin(again)
    const machine = await after.detect()
    expect(machine.gpus[0]).toMatchObject({ fp16Tflops: 10.6, usable: false, whyNot: 'You chose not to use it.' })
    expect(machine.origins['gpus.gpu0.fp16Tflops']).toEqual({ kind: 'person', from: 'typed in' })
    expect(machine.unknown).not.toHaveProperty('gpus.gpu0.fp16Tflops')
    const back = after.correct({ path: 'gpus.gpu0.fp16Tflops', value: null })
    expect(back.gpus[0]?.fp16Tflops).toBeNull()
    expect(back.unknown['gpus.gpu0.fp16Tflops']).toBeTruthy()
    again.close()
  })
})
