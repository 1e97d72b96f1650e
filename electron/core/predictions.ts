import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../contract/failure'
import type { CatalogueModel, LibraryModel } from '../contract/model'
import type { Prediction } from '../contract/predictions'
import type { Build } from '../contract/runtime'
import type { Runtime } from './runtimes/runtime'
import type { Measurements } from './store/measurements'

export type PredictionsDeps = {
  measurements: Measurements
  runtimes: readonly Runtime[]
  catalogue: readonly CatalogueModel[]
  library(): readonly LibraryModel[]
  builds(): Promise<readonly Build[]>
}

/** A look for builds must not hold up a list of runs: where it takes longer, their ids say enough. */
const buildsWithinMs = 800

/** Runs on this machine beside what was said of them, with the titles that people know models and builds by. */
export function createPredictions({ measurements, builds, ...known }: PredictionsDeps) {
  async function list(): Promise<Prediction[]> {
    const rows = measurements.predictions()
    if (rows.length === 0) return []
    const here = await Promise.race([builds().catch(() => []), sleep(buildsWithinMs, [], { ref: false })])
    return rows.map(row => ({
      ...row,
      modelTitle: titleOf(known, row),
      buildTitle: here.find(each => each.id === row.build)?.title ?? buildWords(known, row),
      device: row.device === null ? null : deviceWords(row.device),
    }))
  }
  return {
    list,
    /** Whether a run corrects later estimates. */
    calibrate(id: number, use: boolean) {
      measurements.calibrate(id, use)
      return list()
    },
    forget(id: number) {
      measurements.forget(id)
      return list()
    },
    /** Takes a deletion back. @throws Failure `not-found` for one of an earlier host. */
    async restore(id: number) {
      if (!measurements.restore(id)) throw new Failure('not-found', 'That run cannot be had back: Roundhouse was started again since')
      return list()
    },
  }
}

type Run = Pick<Prediction, 'runtime' | 'build' | 'model'>

/** Of the catalogue, else of the library, whose model may have left it; its id then. */
const titleOf = ({ catalogue, library }: Pick<PredictionsDeps, 'catalogue' | 'library'>, { model }: Run): string =>
  catalogue.find(each => each.id === model)?.title ?? library().find(each => each.id === model)?.title ?? model

/** `vllm@0.32.0+cpu` of a build that is gone: `vLLM 0.32.0 cpu`. */
function buildWords({ runtimes }: Pick<PredictionsDeps, 'runtimes'>, { runtime, build }: Run): string {
  const title = runtimes.find(each => each.id === runtime)?.title ?? runtime
  const version = build.slice(build.indexOf('@') + 1).replaceAll('+', ' ')
  return build.includes('@') ? `${title} ${version}` : build
}

/** Earlier rows say where the weights lay, not what computed. */
const deviceWords = (device: string): string =>
  device
    .split(' + ')
    .map(name => (/^Memory( \(.*\))?$/.test(name) ? 'CPU' : name))
    .join(' + ')
