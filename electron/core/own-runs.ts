import type { CatalogueModel, LibraryModel } from '../contract/model'
import type { Build } from '../contract/runtime'
import type { OwnRun } from './recommend/calibration'
import { sizeOfArtifact, sizeOfFile, type ModelSize } from './recommend/model-size'
import type { Runtime } from './runtimes/runtime'
import type { Measurement } from './store/measurements'

type Known = { runtimes: readonly Runtime[]; catalogue: readonly CatalogueModel[]; library(): readonly LibraryModel[] }

/** Measurements joined with the runtime and the size of what ran; runs of what is not known any more and engine tests fall out. */
export function ownRunsOf(
  known: Known,
  measurements: readonly Measurement[],
  builds: readonly Build[],
): (OwnRun & { build: Build | null })[] {
  return measurements.flatMap(measured => {
    const runtime = known.runtimes.find(each => each.id === measured.runtime)
    const size = sizeOf(known, measured)
    if (!runtime || !size || measured.tokensPerSecond === null) return []
    const build = builds.find(each => each.id === measured.build) ?? null
    return [
      { runtime, size, build, tokensPerSecond: measured.tokensPerSecond, contextTokens: measured.contextTokens, threads: measured.threads },
    ]
  })
}

function sizeOf({ catalogue, library }: Known, { model, artifact }: Measurement): ModelSize | null {
  const entry = catalogue.find(each => each.id === model) ?? null
  const file = library().find(each => (each.catalogueId ?? each.id) === model && (each.artifactId ?? each.facts?.quantisation) === artifact)
  if (entry?.engineTest || file?.engineTest) return null
  if (file?.facts) return sizeOfFile(file.facts, entry)
  const listed = entry?.artifacts.find(each => each.id === artifact)
  return entry && listed ? sizeOfArtifact(entry, listed) : null
}
