import type { Runtime } from '../runtimes/runtime'
import type { Option } from './options'
import type { Measurement, RecommendInput } from './recommend.types'
import { place } from './placement'
import { decodeRate } from './speed-model'

/** The newest run of exactly this model and artifact on this build here; null when the build is not even here. */
export function measurementOf(input: RecommendInput, build: string | null, option: Option): Measurement | null {
  const same = input.measurements.filter(each => each.build === build && isOf(each, option) && each.tokensPerSecond !== null)
  return same.reduce<Measurement | null>((newest, each) => (newest === null || each.at > newest.at ? each : newest), null)
}

/** Runs are kept under the catalogue's id, or under the id of the library file. */
const isOf = (measured: Measurement, option: Option) =>
  measured.artifact === option.artifact && [option.model, `${option.model}:${option.artifact}`, option.library?.id].includes(measured.model)

/**
 * Measured over estimated, the median over all runs of a runtime with this backend here; null without any. It carries what
 * the model cannot know, such as slow memory or a throttled laptop, over to models that have not been run yet. Engine tests
 * do not count: at a few megabytes they measure overhead.
 */
export function calibrationFor(
  input: RecommendInput,
  runtime: Runtime,
  run: { options: readonly Option[]; backend: string },
): number | null {
  const { options, backend } = run
  const ratios = input.measurements.flatMap(measured => {
    if (measured.runtime !== runtime.id || measured.tokensPerSecond === null) return []
    const build = input.builds.find(each => each.id === measured.build)
    if (!build || (build.backends.length > 0 && build.backends[0] !== backend)) return []
    const option = options.find(each => isOf(measured, each))
    const estimated = option && !option.engineTest ? estimatedRate(input, runtime, { option, backend }) : null
    return estimated === null ? [] : [measured.tokensPerSecond / estimated]
  })
  const sorted = ratios.sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  return median === undefined ? null : Math.min(4, Math.max(0.1, median))
}

function estimatedRate(input: RecommendInput, runtime: Runtime, run: { option: Option; backend: string }): number | null {
  const { machine } = input
  const model = run.option.size
  const placement = place({
    ...{ machine, model, backend: run.backend, engine: runtime.facts.memory, contextTokens: 4096, slots: 1, kvQuantisation: 'f16' },
  })
  const speedFactor = runtime.facts.speedFactor[run.backend] ?? 0.9
  return decodeRate({ machine, placement, model, backend: run.backend, speedFactor }).tokensPerSecond
}
