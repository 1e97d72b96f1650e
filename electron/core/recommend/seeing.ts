import type { Machine } from '../../contract/machine'
import type { Need } from '../../contract/need'
import type { Build } from '../../contract/runtime'
import { declaredFor } from '../runtimes/conformance-card'
import type { Runtime } from '../runtimes/runtime'
import type { Option } from './options'
import { place, type Placement, type PlacementInput } from './placement'
import { projectorMemory, withProjector, type ProjectorMemory } from './projector-memory'

export const wantsImages = ({ abilities }: Pick<Need, 'abilities'>) => abilities?.includes('vision') ?? false

/** Whether a kind of build answers pictures at all, by what its runtime declares; what nothing is said of is believed to. */
export function answersPictures(runtime: Pick<Runtime, 'api'>, kind: string | null): boolean {
  const support = declaredFor(runtime.api, 'vision', kind)?.support
  return support !== 'refused' && support !== 'ignored'
}

type Run = { machine: Machine; runtime: Runtime; backend: string; build: Build | null }

/** What an engine does with pictures here, with the build that is here or would be installed. */
export type Eyes = {
  /** Whether it can be given pictures with this model. */
  see(option: Pick<Option, 'format'>): boolean
  /** What reads images beside this model, as a start would load it; null where it loads none. `gpuLayers` as for the placement. */
  of(option: Pick<Option, 'projector'>, gpuLayers?: number | null): ProjectorMemory | null
}

export function eyesOf({ machine, runtime, backend, build: here }: Run): Eyes {
  const build = here ?? plannedBuild({ machine, runtime, backend })
  const answers = answersPictures(runtime, build.kind)
  const { launch } = runtime
  const takes = launch?.takesProjector?.(build) ?? false
  return {
    // What cannot be started from here is believed to know how.
    see: ({ format }) => answers && (format !== 'gguf' || launch === undefined || takes),
    of({ projector }, gpuLayers = null) {
      if (!projector || !takes) return null
      return projectorMemory(projector, launch?.projectorRun?.({ build, request: { gpuLayers } }) ?? null, { machine, backend })
    },
  }
}

/** The build that an install would bring, as far as its kind tells what it does. */
function plannedBuild({ machine, runtime, backend }: Omit<Run, 'build'>): Build {
  const installs = runtime.builds.find(each => each.installs(machine).some(plan => plan.why === null && plan.backends.includes(backend)))
  const kind = installs ?? runtime.builds[0]
  return {
    ...{ id: runtime.id, runtime: runtime.id, kind: kind?.kind ?? runtime.id, title: kind?.title ?? runtime.title },
    ...{ version: null, variant: null, origin: 'managed', path: null, backends: [backend], notes: [] },
  }
}

/** The placement input with room left for it. */
export const leavingRoom = (input: PlacementInput, seeing: ProjectorMemory | null): PlacementInput =>
  seeing ? { ...input, aside: { device: seeing.device.id, mib: seeing.mib } } : input

type Placed = { placement: Placement; placementInput: PlacementInput }

/**
 * A plan with what reads images beside it where nobody asked for that: a start loads it where it is there, so it counts, but never
 * at the cost of the text that was asked for. Where the same layers no longer lie on the same devices with it, or it does not fit,
 * it is left out: null.
 */
export function besideIt({ placement, placementInput }: Placed, seeing: ProjectorMemory): Placed | null {
  const input = leavingRoom(placementInput, seeing)
  const other = place(input)
  const same =
    other.gpuLayers === placement.gpuLayers &&
    other.tensorParallel === placement.tensorParallel &&
    other.shares.length === placement.shares.length &&
    other.shares.every((share, index) => share.device.id === placement.shares[index]?.device.id)
  return same && withProjector(other, seeing, input).fits ? { placement: other, placementInput: input } : null
}
