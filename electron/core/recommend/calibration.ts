import type { Machine } from '../../contract/machine'
import type { Runtime } from '../runtimes/runtime'
import type { ModelSize } from './model-size'
import type { Option } from './options'
import { place } from './placement'
import type { Measurement, RecommendInput } from './recommend.types'
import { decodeRate } from './speed-model'
import { threadsOf } from './threads'

/** The newest run of exactly this model and artifact on this build here; null when the build is not even here. */
export function measurementOf(input: RecommendInput, build: string | null, option: Option): Measurement | null {
  const same = input.measurements.filter(each => each.build === build && isOf(each, option) && each.tokensPerSecond !== null)
  return same.reduce<Measurement | null>((newest, each) => (newest === null || each.at > newest.at ? each : newest), null)
}

/** Runs are kept under the catalogue's id, or under the id of the library file. */
const isOf = (measured: Measurement, option: Option) =>
  measured.artifact === option.artifact && [option.model, `${option.model}:${option.artifact}`, option.library?.id].includes(measured.model)

/** One own run with the size of what ran. */
export type OwnRun = { runtime: Runtime; size: ModelSize; tokensPerSecond: number; contextTokens: number | null; threads?: number | null }

/**
 * How far runs here lie from the common model, as a factor for a runtime and a model of `bytes` read per token; null without
 * any run. It carries what the model cannot know, such as slow memory or a throttled laptop, over to what has not been run yet.
 * Runs of the same runtime decide (its factor and the device's together); without one those of other runtimes on the same
 * backend do (the device's factor alone). Of several the geometric mean counts, nearer sizes more: what
 * is off at 100 MB a token is overhead, at 10 GB it is bandwidth.
 */
export function calibrationFrom(
  runs: readonly OwnRun[],
  wanted: { machine: Machine; runtime: Runtime; backend: string; bytes: number | null },
): number | null {
  const own = runs.filter(each => each.runtime.id === wanted.runtime.id)
  let [sum, weights] = [0, 0]
  for (const run of own.length > 0 ? own : runs) {
    const estimated = estimatedRate(run, wanted)
    if (estimated === null) continue
    const apart = wanted.bytes === null ? 0 : Math.abs(Math.log(wanted.bytes / run.size.weightsBytes))
    const weight = 1 / (0.2 + apart)
    sum += weight * Math.log(run.tokensPerSecond / estimated)
    weights += weight
  }
  return weights === 0 ? null : Math.min(4, Math.max(0.1, Math.exp(sum / weights)))
}

/** The same for a decision: runs of what the catalogue and the library know. Engine tests do not count: they measure overhead. */
export function calibrationFor(
  input: RecommendInput,
  runtime: Runtime,
  run: { options: readonly Option[]; backend: string; bytes?: number },
): number | null {
  const runs = input.measurements.flatMap(measured => {
    const build = input.builds.find(each => each.id === measured.build)
    const ran = input.runtimes.find(each => each.id === measured.runtime)
    if (!ran || !build || measured.tokensPerSecond === null) return []
    if (build.backends.length > 0 && build.backends[0] !== run.backend) return []
    const option = run.options.find(each => isOf(measured, each))
    if (!option || option.engineTest) return []
    return [
      {
        runtime: ran,
        size: option.size,
        tokensPerSecond: measured.tokensPerSecond,
        contextTokens: null,
        threads: measured.threads ?? null,
      },
    ]
  })
  return calibrationFrom(runs, { machine: input.machine, runtime, backend: run.backend, bytes: run.bytes ?? null })
}

/** Cached tokens while the proof after a load writes its answers, about. */
const provedDepthTokens = 64

function estimatedRate(
  { runtime, size, contextTokens, threads: ran }: OwnRun,
  { machine, backend }: { machine: Machine; backend: string },
): number | null {
  const placement = place({
    ...{
      machine,
      model: size,
      backend,
      engine: runtime.facts.memory,
      contextTokens: contextTokens ?? 4096,
      slots: 1,
      kvQuantisation: 'f16',
    },
  })
  const speedFactor = runtime.facts.speedFactor[backend] ?? 0.9
  const run = { threads: threadsOf(machine, ran), batchKernels: runtime.facts.concurrency.kind === 'batched' }
  return decodeRate({ ...{ machine, placement, model: size, backend, speedFactor }, ...run, depthTokens: provedDepthTokens })
    .tokensPerSecond
}
