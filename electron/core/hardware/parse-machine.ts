import type { Machine } from '../../contract/machine'
import { buildGpu, type Around } from './build-gpu'
import { buildCpu, buildMemory, buildOs } from './build-host'
import { collect } from './collect'
import type { Platform, Reading, SoftwareFacts } from './hardware.types'
import { buildDisk, diskWarnings } from './disk-facts'
import { createLedger, fromTable, probed } from './ledger'
import { mergeGpus } from './merge-gpus'
import { warningsOf } from './warnings'

export type ParseContext = {
  /** Null where it is not known: then it is taken from what the readings look like. */
  platform: Platform | null
  /** ISO time of detection; null for a recording that does not say. */
  detectedAt: string | null
}

/** The machine that the readings describe. Pure: the same readings give the same machine, and no text makes it throw. */
export function parseMachine(readings: readonly Reading[], context: ParseContext): Machine {
  const collected = collect(readings)
  const ledger = createLedger()
  const os = buildOs(collected, ledger, context.platform)
  const cpu = buildCpu(collected, ledger)
  const memory = buildMemory(collected, ledger, os)
  const around: Around = {
    os,
    memory,
    cpu,
    wiredLimitMiB: collected.memory.facts.wiredLimitMiB ?? null,
    vulkanRead: collected.tools.has('vulkaninfo --summary'),
    tools: collected.tools,
    drivers: {
      nvidiaDriver: collected.software.facts.nvidiaDriver ?? null,
      nvidiaCuda: collected.software.facts.nvidiaCuda ?? null,
      amdDriver: collected.software.facts.amdDriver ?? null,
    },
  }
  const gpus = mergeGpus(collected.gpuLists).map((gpu, index) => buildGpu(gpu, `gpu${index}`, { around, ledger }))
  const sharing = gpus.find(gpu => gpu.memoryKind === 'unified' && gpu.bandwidthGBps !== null)
  const shared = sharing?.bandwidthGBps ?? null
  // A GPU that shares the memory is in the table with the memory's own figure, which is surer than a processor's family.
  if (shared !== null) ledger.note('memory.bandwidthGBps', shared, { origin: fromTable('resources/knowledge/gpus.json'), why: '' })
  const { software } = collected
  const disk = buildDisk(collected, ledger)
  const probes = readings.map(reading => reading.run)
  const machine = { os, cpu, memory: { ...memory, bandwidthGBps: shared ?? memory.bandwidthGBps }, gpus, probes }
  return {
    detectedAt: context.detectedAt,
    ...machine,
    containerEngine: ledger.note('containerEngine', software.facts.containerEngine, {
      origin: probed('docker, podman'),
      why: 'Neither docker nor podman answered.',
    }),
    containerGpu: gpus.some(gpu => gpu.vendor === 'nvidia') ? containerGpuOf(software.facts.containerGpu) : null,
    npus: collected.npus,
    disk,
    toolkits: toolkitsOf(software.facts),
    python: ledger.note('python', software.facts.python, {
      origin: probed('python3 --version'),
      why: 'python3 did not answer.',
    }),
    uv: ledger.note('uv', software.facts.uv, { origin: probed('uv --version'), why: 'uv did not answer.' }),
    warnings: [...warningsOf(machine, collected.warnings), ...diskWarnings(disk)],
    unknown: ledger.unknown,
    origins: ledger.origins,
  }
}

function containerGpuOf(how: string | null | undefined): Machine['containerGpu'] {
  if (how === null || how === undefined) return null
  return how === '' ? { can: false, how: 'neither a CDI specification nor a runtime named nvidia' } : { can: true, how }
}

const toolkitsOf = ({ cuda, rocm, levelZero, cann }: SoftwareFacts): Machine['toolkits'] => ({
  cuda: cuda ?? null,
  rocm: rocm ?? null,
  levelZero: levelZero ?? null,
  cann: cann ?? null,
})
