import type { Machine } from '../../contract/machine'
import { buildGpu, type Around } from './build-gpu'
import { buildCpu, buildMemory, buildOs } from './build-host'
import { collect } from './collect'
import type { Platform, Reading } from './hardware.types'
import { createLedger, fromTable } from './ledger'
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
    wiredLimitMiB: collected.memory.facts.wiredLimitMiB ?? null,
    vulkanRead: collected.tools.has('vulkaninfo --summary'),
    tools: collected.tools,
  }
  const gpus = mergeGpus(collected.gpuLists).map((gpu, index) => buildGpu(gpu, `gpu${index}`, { around, ledger }))
  const sharing = gpus.find(gpu => gpu.memoryKind === 'unified' && gpu.bandwidthGBps !== null)
  const bandwidthGBps = ledger.note('memory.bandwidthGBps', memory.bandwidthGBps ?? sharing?.bandwidthGBps, {
    origin: fromTable('resources/knowledge/gpus.json'),
    why: 'No tool tells it without administrator rights; the first run on the processor measures it.',
  })
  const { software } = collected
  const probes = readings.map(reading => reading.run)
  const machine = { os, cpu, memory: { ...memory, bandwidthGBps }, gpus, probes }
  return {
    detectedAt: context.detectedAt,
    ...machine,
    containerEngine: ledger.note('containerEngine', software.facts.containerEngine, {
      origin: { kind: 'probe', from: 'docker, podman' },
      why: 'Neither docker nor podman answered.',
    }),
    python: ledger.note('python', software.facts.python, {
      origin: { kind: 'probe', from: 'python3 --version' },
      why: 'python3 did not answer.',
    }),
    uv: ledger.note('uv', software.facts.uv, { origin: { kind: 'probe', from: 'uv --version' }, why: 'uv did not answer.' }),
    warnings: warningsOf(machine, collected.warnings),
    unknown: ledger.unknown,
    origins: ledger.origins,
  }
}
