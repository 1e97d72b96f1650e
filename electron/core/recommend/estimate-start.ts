import type { MemoryEstimate, SpeedEstimate } from '../../contract/decision'
import type { StartRequest } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { CatalogueModel, LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'
import type { ContextHabits } from '../runtimes/facts'
import type { Runtime } from '../runtimes/runtime'
import { calibrationFrom, type OwnRun } from './calibration'
import { withDraft } from './draft-memory'
import { shortPromptOf } from './first-token'
import { describeWithImages, projectorMemory, type ProjectorMemory } from './projector-memory'
import { sizeOfArtifact, sizeOfFile, type ModelSize } from './model-size'
import { place, type Placement, type PlacementInput } from './placement'
import type { Measurement } from './recommend.types'
import { leavingRoom } from './seeing'
import { estimateSpeed } from './speed'
import { threadsOf } from './threads'

export type StartInput = {
  machine: Machine
  runtime: Runtime
  build: Build
  model: LibraryModel
  /** A small model that is loaded beside it. */
  draft?: LibraryModel | null
  /** The catalogue's entry of the file, where it is a known model. */
  known: CatalogueModel | null
  request: Pick<StartRequest, 'kvQuantisation' | 'gpuLayers'> & Partial<Pick<StartRequest, 'threads' | 'settings' | 'flags' | 'images'>>
  contextTokens: number
  slots: number
  measurements: readonly Measurement[]
  /** What was measured here of other models, for correcting the estimate. */
  ownRuns?: readonly (OwnRun & { build: Build | null })[]
}

/** What a start of this file with these settings would take and give. */
export function estimateStart(input: StartInput): { memory: MemoryEstimate; speed: SpeedEstimate } {
  const { machine, runtime, build, model, contextTokens, slots, request } = input
  const backend = backendOf(runtime, build, machine)
  const size = sizeOf(model, input.known)
  const seeing = seeingOf(input, backend)
  const planned: PlacementInput = {
    ...{
      machine,
      model: size,
      contextTokens,
      slots,
      backend,
      engine: runtime.facts.memory,
      gpuLayers: request.gpuLayers,
    },
    kvQuantisation: request.kvQuantisation ?? 'f16',
    ...contextHabits(runtime, build, { size, kvQuantisation: request.kvQuantisation }),
  }
  const placementInput = leavingRoom(planned, seeing)
  const placement = place(placementInput)
  const [id, artifact] = [model.catalogueId ?? model.id, model.artifactId ?? model.facts?.quantisation]
  const measured = input.measurements.find(each => each.build === build.id && each.model === id && each.artifact === artifact)
  const run = { machine, model: size, placement, backend, threads: threadsOf(machine, request.threads) }
  const speed = estimateSpeed({
    ...{ ...run, facts: runtime.facts, users: 1, slots, contextTokens, task: 'chat' },
    measured: measured ?? null,
    calibration: calibrationFrom(
      (input.ownRuns ?? []).filter(each => !each.build || each.build.backends.length === 0 || each.build.backends[0] === backend),
      { machine, runtime, backend, bytes: size.weightsBytes },
    ),
  })
  const shortPrompt = shortPromptOf(run, speed.oneUser?.mid ?? null, measured)
  return {
    memory: memoryOf(placementInput, placement, { draft: input.draft ?? null, seeing }),
    speed: { ...speed, ...(shortPrompt && { shortPrompt }) },
  }
}

/** What reads images is loaded beside the weights; it does not slow a token. */
function seeingOf({ model, runtime, build, machine, request }: StartInput, backend: string): ProjectorMemory | null {
  if (model.projector?.path == null || request.images === false || !runtime.launch?.takesProjector?.(build)) return null
  return projectorMemory(model.projector, runtime.launch.projectorRun?.({ build, request }) ?? null, { machine, backend })
}

/** With a draft: it is given the same context in 16 bits, and follows the model where that is kept off the GPU. */
function memoryOf(
  input: PlacementInput,
  placement: Placement,
  { draft, seeing }: { draft: LibraryModel | null; seeing: ProjectorMemory | null },
): MemoryEstimate {
  const beside =
    draft && place({ ...input, model: sizeOf(draft, null), kvQuantisation: 'f16', gpuLayers: input.gpuLayers === 0 ? 0 : null })
  const { workings, ...estimate } = describeWithImages(input, beside ? withDraft(placement, beside) : placement, seeing)
  const drafted = draft ? [`Beside it the draft model ${draft.title}: its weights, cache and buffers are added.`] : []
  return { ...estimate, workings: [...workings, ...drafted] }
}

/** What this build does with a context besides what was asked; a quantised cache needs flash attention, so it is turned on. */
export function contextHabits(
  { facts }: Runtime,
  build: Pick<Build, 'kind' | 'version'>,
  { size, kvQuantisation }: { size: ModelSize; kvQuantisation: StartRequest['kvQuantisation'] },
): Pick<PlacementInput, 'microBatch' | 'flashAttention' | 'lastOutputsOnly'> {
  const own = facts.contextOf?.[build.kind]
  const plain = isWithoutFlash(own, size) && (kvQuantisation ?? 'f16') === 'f16'
  const sliding = size.shape.slidingLayers > 0 ? own?.slidingMicroBatch : undefined
  const last = own?.lastOutputsFrom !== undefined && buildNumber(build.version) >= own.lastOutputsFrom
  return {
    ...(plain && { flashAttention: false }),
    ...(sliding !== undefined && { microBatch: sliding }),
    ...(last && { lastOutputsOnly: true }),
  }
}

function isWithoutFlash(own: ContextHabits | undefined, { shape }: ModelSize): boolean {
  if (own?.flashAttention !== 'equal-heads') return own?.flashAttention === false
  return shape.mla !== null || (shape.keyDim ?? shape.headDim) !== (shape.valueDim ?? shape.headDim)
}

/** `b11669` and `2026.10.11549` -> the number at the end; 0 for what is not one of these. */
const buildNumber = (version: string | null) => Number(/^(?:b|\d{4}\.\d+\.)(\d+)$/.exec(version ?? '')?.[1] ?? 0)

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
