import type { Machine, Origin } from '../../contract/machine'
import type { GpuEntry } from './gpu-table'
import { derived, fromTable, guessed, probed } from './ledger'
import type { MergedGpu } from './merge-gpus'

const table = 'resources/knowledge/gpus.json'

export type GpuMemory = {
  vramMiB: number | null
  vramOrigin: Origin | null
  why: string
  freeMiB: number | null
  freeOrigin: Origin | null
  whyNoFree: string
}

export type MemoryQuestion = MergedGpu & {
  entry: GpuEntry | null
  /** What the model is sold with, GB, the smallest first. */
  sizesGb: readonly number[]
  around: { memory: Machine['memory']; wiredLimitMiB: number | null }
}

/** What this GPU may use and has free; for one that shares the machine's memory, what the system lets it have. */
export function gpuMemory(question: MemoryQuestion): GpuMemory {
  const { seen } = question
  if (seen.vendor === 'apple') return shared(question, appleLimit(question.around), '')
  if (seen.vendor === 'nvidia' && seen.unified) {
    const total = question.around.memory.totalMiB
    return shared(
      question,
      { mib: total, origin: derived('processor and GPU share the memory, so the GPU may use all of it') },
      'The memory of the machine is not known, and this GPU uses that.',
    )
  }
  if (seen.integrated)
    return shared(question, mappable(question), 'Neither the driver nor a tool tells how much of the memory this GPU may map.')
  return dedicated(question)
}

/**
 * Metal's recommendedMaxWorkingSetSize, which is what runtimes keep to: two thirds of the memory up to 32 GB (10922.67 MiB of 16 GB:
 * https://github.com/abetlen/llama-cpp-python/issues/687; 21845.34 of 32 GB: https://github.com/ollama/ollama/issues/434) and three
 * quarters above (49152 of 64 GB: https://github.com/ggml-org/llama.cpp/issues/1870). macOS 26 has been seen to give more on some
 * Macs (107.5 of 128 GiB: https://github.com/antirez/ds4/pull/893). iogpu.wired_limit_mb replaces it when it is not 0.
 */
export function appleLimit({ memory, wiredLimitMiB }: MemoryQuestion['around']): { mib: number | null; origin: Origin } {
  if (wiredLimitMiB !== null && wiredLimitMiB > 0) return { mib: wiredLimitMiB, origin: probed('sysctl iogpu.wired_limit_mb') }
  const { totalMiB } = memory
  const share = totalMiB !== null && totalMiB <= 32 * 1024 ? 2 / 3 : 3 / 4
  const words = share < 0.7 ? 'two thirds' : 'three quarters'
  return {
    mib: totalMiB === null ? null : Math.floor(totalMiB * share),
    origin: derived(`macOS lets the GPU use ${words} of the memory unless iogpu.wired_limit_mb says otherwise`),
  }
}

/** The part set aside in the firmware, or what the driver lets the GPU map (GTT), whichever is larger, at most the machine's memory. */
function mappable({ seen, from, around }: MemoryQuestion): { mib: number | null; origin: Origin } {
  const total = around.memory.totalMiB
  const own = seen.vramMiB ?? null
  const map = seen.sharedMiB ?? halfOf(seen, total)
  const bounded = map === null ? null : Math.min(map, total ?? map)
  if (own === null && bounded === null) return { mib: null, origin: derived('') }
  if ((bounded ?? 0) > (own ?? 0))
    return {
      mib: bounded,
      origin: from.sharedMiB
        ? derived(`what the driver lets the GPU map of the machine's memory (${from.sharedMiB})`)
        : guessed("half of the machine's memory, which the driver lets the GPU map unless it is told otherwise"),
    }
  return { mib: own, origin: probed(from.vramMiB ?? 'driver') }
}

/**
 * Linux' and Windows' drivers for AMD let a GPU map half of the memory unless told otherwise
 * (https://docs.kernel.org/gpu/amdgpu/module-parameters.html, gttsize); counts where a tool knows the part set aside alone.
 */
const halfOf = ({ vendor, vramMiB }: MergedGpu['seen'], totalMiB: number | null) =>
  vendor === 'amd' && typeof vramMiB === 'number' && totalMiB !== null ? Math.floor(totalMiB / 2) : null

function shared({ around }: MemoryQuestion, limit: { mib: number | null; origin: Origin }, why: string): GpuMemory {
  const available = around.memory.availableMiB
  const free = limit.mib === null || available === null ? null : Math.min(limit.mib, available)
  return {
    vramMiB: limit.mib,
    vramOrigin: limit.origin,
    why: why || 'The memory of the machine is not known, and this GPU uses that.',
    freeMiB: free,
    freeOrigin: derived('the memory available to the machine, as the GPU shares it'),
    whyNoFree: 'How much memory is available is not known.',
  }
}

function dedicated({ seen, from, entry, sizesGb }: MemoryQuestion): GpuMemory {
  const told = seen.vramMiB ?? null
  const nominalGb = entry?.vramGb ? Math.min(entry.vramGb, ...sizesGb) : null
  const nominal = nominalGb === null ? null : Math.round(nominalGb * 1024)
  const byTable =
    sizesGb.length > 1 ? guessed(`the smallest of ${sizesGb.join(' and ')} GB that this model is sold with (${table})`) : fromTable(table)
  const vramMiB = told ?? nominal
  const free = freeOf(seen, vramMiB)
  return {
    vramMiB,
    vramOrigin: told === null ? byTable : probed(from.vramMiB ?? 'a probe'),
    why: 'No tool that knows the memory of this GPU could be read, and it is not in our table.',
    freeMiB: free.mib,
    freeOrigin: free.how === 'told' ? probed(from.vramFreeMiB ?? 'a probe') : derived('the total less what is used'),
    whyNoFree: 'No tool tells how much of its memory is in use.',
  }
}

function freeOf(seen: MergedGpu['seen'], vramMiB: number | null): { mib: number | null; how: 'told' | 'derived' } {
  // A hundredth more is rounding; much more is of another card or a damaged line.
  if (typeof seen.vramFreeMiB === 'number' && seen.vramFreeMiB <= (vramMiB ?? seen.vramFreeMiB) * 1.01)
    return { mib: Math.min(seen.vramFreeMiB, vramMiB ?? seen.vramFreeMiB), how: 'told' }
  if (vramMiB === null) return { mib: null, how: 'derived' }
  if (typeof seen.vramUsedMiB === 'number') return { mib: Math.max(0, vramMiB - seen.vramUsedMiB), how: 'derived' }
  if (typeof seen.vramUsedShare === 'number') return { mib: Math.round(vramMiB * (1 - seen.vramUsedShare)), how: 'derived' }
  return { mib: null, how: 'derived' }
}
