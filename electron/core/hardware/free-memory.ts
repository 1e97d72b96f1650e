import type { Gpu, Machine } from '../../contract/machine'
import { systemClock } from '../lib/clock'
import { listToolFolders } from './find-tool'
import { parseMachine } from './parse-machine'
import { probes } from './probes'
import { runProbe, type ProbeWorld } from './run-probe'

/**
 * The same machine with free VRAM and available memory of now. Asks only tools that answered when the machine was detected,
 * so one that is missing or hangs costs nothing; what they no longer tell stays as it was.
 */
export async function readFreeMemory(machine: Machine, world: Partial<ProbeWorld> & { path?: string } = {}): Promise<Machine> {
  const { platform } = machine.os
  const answered = new Set(machine.probes.filter(run => run.outcome === 'read').map(run => run.probe))
  const wanted = probes.filter(
    ({ id, platforms, live, standsInFor }) =>
      platforms.includes(platform) &&
      (live === 'only' || (live === 'also' && answered.has(id))) &&
      !(standsInFor && answered.has(standsInFor)),
  )
  const around: ProbeWorld = {
    platform,
    clock: systemClock,
    background: null,
    tools: listToolFolders({ platform, path: world.path ?? process.env['PATH'] ?? '' }),
    root: '/',
    ...world,
  }
  const readings = await Promise.all(wanted.map(probe => runProbe(probe, around)))
  const now = parseMachine(
    readings.filter(reading => reading.run.outcome === 'read'),
    { platform, detectedAt: machine.detectedAt },
  )
  return withFree(machine, now)
}

/** `machine` with the free memory that `now` knows. Pure. */
export function withFree(machine: Machine, now: Pick<Machine, 'memory' | 'gpus'>): Machine {
  const availableMiB = now.memory.availableMiB ?? machine.memory.availableMiB
  const gpus = machine.gpus.map(gpu => ({ ...gpu, vramFreeMiB: freeOf(gpu, { machine, now, availableMiB }) }))
  return { ...machine, memory: { ...machine.memory, availableMiB }, gpus }
}

function freeOf(
  gpu: Gpu,
  { machine, now, availableMiB }: { machine: Machine; now: Pick<Machine, 'gpus'>; availableMiB: number | null },
): number | null {
  if (gpu.memoryKind === 'unified') {
    return gpu.vramMiB === null || availableMiB === null ? gpu.vramFreeMiB : Math.min(gpu.vramMiB, availableMiB)
  }
  const place = (list: readonly Gpu[], of: Gpu) =>
    list.filter(each => each.vendor === of.vendor && each.memoryKind === 'dedicated').indexOf(of)
  const same = now.gpus.find(each =>
    each.busId !== null && gpu.busId !== null
      ? each.busId === gpu.busId
      : each.vendor === gpu.vendor && place(now.gpus, each) === place(machine.gpus, gpu),
  )
  return same?.vramFreeMiB ?? gpu.vramFreeMiB
}
