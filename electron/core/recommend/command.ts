import type { Machine } from '../../contract/machine'
import type { RenderRequest, Runtime } from '../runtimes/runtime'
import type { Choice } from './choose'
import { gpuDevices, type Device } from './devices'
import type { Placement } from './placement'
import { coresOf } from './speed-model'

/** Shown in commands; a start chooses a free port. */
const shownPort = 8080

/** The exact command a person could type for a choice, by the adapter's own renderer. */
export function commandFor(machine: Machine, runtime: Runtime, run: { choice: Choice; draft?: RenderRequest['draft'] }): string[] {
  const { choice, draft } = run
  const { option, placement } = choice
  const hub = option.entry?.sources.find(source => source.kind === 'hub')
  const split = placement.tensorParallel > 1 ? [] : splitOver(gpuDevices(machine, choice.backend), placement)
  const whole = placement.gpuLayers === placement.layers
  return [
    ...runtime.render({
      model: { id: hub?.kind === 'hub' ? hub.repo : option.model, artifact: option.artifact, path: option.library?.path ?? null },
      route: option.model,
      contextTokens: choice.contextTokens,
      slots: choice.slots,
      threads: placement.gpuLayers < placement.layers ? coresOf(machine) : null,
      // One more than the layers stands for the output matrix: all of it on the GPU.
      gpuLayers: placement.gpuLayers === 0 ? 0 : whole ? placement.layers + 1 : placement.gpuLayers,
      kvQuantisation: placement.kvQuantisation,
      port: shownPort,
      tensorParallel: placement.tensorParallel,
      tensorSplit: new Set(split).size > 1 ? split : null,
      memoryShare: placement.memoryShare,
      ...(draft ? { draft } : {}),
    }),
  ]
}

/** Layers of each GPU in the order the driver lists them; 0 leaves one out. */
const splitOver = (gpus: readonly Device[], { shares }: Placement) =>
  gpus.map(gpu => shares.find(share => share.device.id === gpu.id)?.layers ?? 0)
