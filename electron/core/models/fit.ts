import type { MemoryEstimate } from '../../contract/decision'
import type { Machine } from '../../contract/machine'
import type { Artifact, Fit } from '../../contract/model'
import { estimateMemory } from '../recommend/memory'
import type { ModelSize } from '../recommend/model-size'
import { place, type PlacementInput } from '../recommend/placement'
import { estimateSpeed } from '../recommend/speed'
import { threadsOf } from '../recommend/threads'
import type { Runtime } from '../runtimes/runtime'

export type FitMeans = { machine: Machine | null; runtimes: readonly Runtime[] }

/** A chat of ordinary length; a longer context takes more, which a start shows before it begins. */
const contextTokens = 4_096

/** Runtimes that load this format on this machine, in the order of the registry, each with the best backend for it. */
export function loadersOf(format: Artifact['format'], { machine, runtimes }: FitMeans): { runtime: Runtime; backend: string }[] {
  if (!machine) return []
  return runtimes.flatMap(runtime => {
    const verdict = runtime.facts.formats.includes(format) ? runtime.judge(machine) : null
    if (!verdict?.can) return []
    const needs = runtime.facts.formatNeeds?.[format]
    const backend = verdict.backends.find(each => needs?.includes(each) ?? true)
    return backend === undefined ? [] : [{ runtime, backend }]
  })
}

/** Whether a model of this size in this format fits this machine, with the first runtime that loads it; words for a table. */
export function fitOfSize(model: ModelSize, format: Artifact['format'], means: FitMeans): Fit {
  const { machine } = means
  if (!machine) return { verdict: 'unknown', text: 'the machine is not known yet' }
  const [loader] = loadersOf(format, means)
  if (!loader) return { verdict: 'does-not-fit', text: `no runtime on this machine loads ${format}` }
  const { runtime, backend } = loader
  const input: PlacementInput = {
    ...{ machine, model, backend, slots: 1, kvQuantisation: 'f16', engine: runtime.facts.memory },
    contextTokens: Math.min(contextTokens, model.shape.contextMax > 0 ? model.shape.contextMax : contextTokens),
  }
  const memory = estimateMemory(input)
  return fitInWords(memory, () => timesSlower(input, runtime))
}

/** How many times slower than whole on the GPU, from the estimates of both placements; null when either is unknown. */
function timesSlower(input: PlacementInput, { facts }: Runtime): number | null {
  const { machine, model, backend, slots } = input
  const speed = (gpuLayers: number | null) => {
    const placement = place({ ...input, gpuLayers })
    const base = {
      machine,
      model,
      placement,
      backend,
      facts,
      users: 1,
      slots,
      contextTokens: input.contextTokens,
      task: 'chat' as const,
      threads: threadsOf(machine),
    }
    return estimateSpeed({ ...base, measured: null }).oneUser?.mid ?? null
  }
  const [split, whole] = [speed(null), speed(model.shape.layers)]
  return split === null || whole === null || split <= 0 ? null : whole / split
}

function fitInWords({ devices, fits, gpuLayers, layers }: MemoryEstimate, slower: () => number | null): Fit {
  const total = devices.reduce((sum, each) => sum + each.totalMiB, 0)
  const used = devices.reduce((sum, { totalMiB, freeMiB }) => sum + totalMiB - freeMiB, 0)
  if (!fits) return { verdict: 'does-not-fit', text: `needs ${gigabytes(used)}, ${gigabytes(total)} is there` }
  if (gpuLayers > 0 && gpuLayers < layers) {
    const times = slower()
    const words =
      times === null || times < 1.1 ? '' : `, about ${times < 3 ? times.toFixed(1).replace(/\.0$/, '') : Math.round(times)}x slower`
    return { verdict: 'partly', text: `partly: ${gpuLayers} of ${layers} layers on the GPU${words}` }
  }
  return { verdict: 'fits', text: `fits, ${Math.round((used / total) * 100)} %` }
}

const gigabytes = (mebibytes: number) => `${(mebibytes / 1024).toFixed(1)} GB`
