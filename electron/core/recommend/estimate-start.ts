import type { MemoryEstimate, SpeedEstimate } from '../../contract/decision'
import type { StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { CatalogueModel, Fit, LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'
import type { Runtime } from '../runtimes/runtime'
import { estimateMemory } from './memory'
import { sizeOfArtifact, sizeOfFile, type ModelSize } from './model-size'
import { place, type PlacementInput } from './placement'
import type { Measurement } from './recommend.types'
import { estimateSpeed } from './speed'

export type StartInput = {
  machine: Machine
  runtime: Runtime
  build: Build
  model: LibraryModel
  /** The catalogue's entry of the file, where it is a known model. */
  known: CatalogueModel | null
  request: Pick<StartRequest, 'kvQuantisation' | 'gpuLayers'>
  contextTokens: number
  slots: number
  measurements: readonly Measurement[]
}

/** What a start of this file with these settings would take and give. */
export function estimateStart(input: StartInput): { memory: MemoryEstimate; speed: SpeedEstimate } {
  const { machine, runtime, build, model, contextTokens, slots, request } = input
  const backend = backendOf(runtime, build, machine)
  const size = sizeOf(model, input.known)
  const placementInput: PlacementInput = {
    ...{ machine, model: size, contextTokens, slots, backend, engine: runtime.facts.memory, gpuLayers: request.gpuLayers },
    kvQuantisation: request.kvQuantisation ?? 'f16',
  }
  const placement = place(placementInput)
  const [id, artifact] = [model.catalogueId ?? model.id, model.artifactId ?? model.facts?.quantisation]
  const measured = input.measurements.find(each => each.build === build.id && each.model === id && each.artifact === artifact)
  const speed = estimateSpeed({
    ...{ machine, model: size, placement, backend, facts: runtime.facts, users: 1, slots, contextTokens, task: 'chat' },
    measured: measured ?? null,
  })
  return { memory: estimateMemory(placementInput), speed }
}

function backendOf(runtime: Runtime, build: Build, machine: Machine): string {
  const verdict = runtime.judge(machine)
  if (!verdict.can) return 'cpu'
  return verdict.backends.find(each => build.backends.length === 0 || build.backends.includes(each)) ?? 'cpu'
}

function sizeOf(model: LibraryModel, known: CatalogueModel | null): ModelSize {
  const artifact = known?.artifacts.find(each => each.id === model.artifactId)
  if (model.facts) return sizeOfFile(model.facts, known)
  return known && artifact ? sizeOfArtifact(known, artifact) : sizeUnknown(model)
}

/** A file whose header could not be read is taken to need its own size, at about four bits a weight. */
const sizeUnknown = ({ bytes }: LibraryModel) =>
  sizeOfFile(
    {
      ...{ format: 'gguf', name: null, architecture: 'unknown', quantisation: 'unknown', bytes, tensorBytes: bytes },
      ...{ tensorCount: 0, parameters: bytes * 2, layerBytes: [], shape: null, chatTemplate: false },
    },
    null,
  )

/** Whether an artifact fits this machine with the first engine that loads it, as words for a table. */
export function fitOf(model: CatalogueModel, artifactId: string, means: { machine: Machine | null; runtimes: readonly Runtime[] }): Fit {
  const { machine, runtimes } = means
  const artifact = model.artifacts.find(each => each.id === artifactId)
  if (!machine || !artifact) return { verdict: 'unknown', text: 'the machine is not known yet' }
  const runtime = runtimes.find(each => each.facts.formats.includes(artifact.format) && each.judge(machine).can)
  if (!runtime) return { verdict: 'does-not-fit', text: `no runtime on this machine loads ${artifact.format}` }
  const verdict = runtime.judge(machine)
  return fitInWords(
    estimateMemory({
      ...{ machine, model: sizeOfArtifact(model, artifact), slots: 1, kvQuantisation: 'f16', engine: runtime.facts.memory },
      contextTokens: Math.min(4096, model.shape.contextMax),
      backend: verdict.can ? (verdict.backends[0] ?? 'cpu') : 'cpu',
    }),
  )
}

function fitInWords({ devices, fits, gpuLayers, layers }: MemoryEstimate): Fit {
  const total = devices.reduce((sum, each) => sum + each.totalMiB, 0)
  const used = devices.reduce((sum, { totalMiB, freeMiB }) => sum + totalMiB - freeMiB, 0)
  if (!fits) return { verdict: 'does-not-fit', text: `needs ${gigabytes(used)}, ${gigabytes(total)} is there` }
  if (gpuLayers > 0 && gpuLayers < layers) return { verdict: 'partly', text: `partly: ${gpuLayers} of ${layers} layers on the GPU` }
  return { verdict: 'fits', text: `fits, ${Math.round((used / total) * 100)} %` }
}

const gigabytes = (mebibytes: number) => `${(mebibytes / 1024).toFixed(1)} GB`
