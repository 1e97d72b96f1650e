import type { MemoryEstimate } from '../../contract/decision'
import type { Projector } from '../../contract/model'
import { freeMiB, gpuDevices, mainMemory, type Device } from './devices'
import { describePlacement } from './memory'
import { isRoomy, type Placement, type PlacementInput } from './placement'
import { visionBuffer, type VisionRun } from './vision/vision-buffer'

/** What reads images, on the one device that it lies on. */
export type ProjectorMemory = { device: Device; mib: number; text: string }

type Where = Pick<PlacementInput, 'machine' | 'backend'>

/**
 * Backends on which ggml has flash attention for the head sizes of these encoders: on CUDA and ROCm since
 * https://github.com/ggml-org/llama.cpp/pull/16962, on the others as the logs in test/unit/recommend/fixtures/vision-logs.ts say.
 */
const withFlash = ['cpu', 'cuda', 'rocm', 'vulkan', 'metal']

/**
 * Weights and buffers of a projector; null where there is none. It is never divided: it lies on the first GPU, whatever layers of the
 * model do, or in main memory. `run` null: how this engine computes it is not known, so its weights alone count.
 */
export function projectorMemory(
  projector: Pick<Projector, 'bytes' | 'encoder'> | null | undefined,
  run: VisionRun | null,
  { machine, backend }: Where,
): ProjectorMemory | null {
  if (projector?.bytes == null) return null
  const { device, onGpu } = placeOf(run, { machine, backend })
  const weightsMiB = projector.bytes / 1024 / 1024
  const words = `What reads images, whole on ${device.name}. Weights of ${Math.round(weightsMiB)} MiB.`
  if (!run) return { device, mib: weightsMiB, text: `${words} What its buffers take with this engine is not known.` }
  const isTold = !run.flashAttention || !onGpu || withFlash.includes(backend)
  const { bufferMiB, inputMiB, text } = visionBuffer(projector.encoder, { onGpu, flashAttention: isTold ? run.flashAttention : null })
  const besideMiB = onGpu && device.kind === 'unified' ? inputMiB : 0
  return { device, mib: weightsMiB + bufferMiB + besideMiB, text: `${words} ${text}` }
}

/** Memory that a GPU shares is one device, whoever computes. */
function placeOf(run: VisionRun | null, { machine, backend }: Where): { device: Device; onGpu: boolean } {
  const gpu = backend === 'cpu' ? undefined : gpuDevices(machine, backend)[0]
  const onGpu = gpu !== undefined && run?.onGpu !== false
  return { device: gpu && (onGpu || gpu.kind === 'unified') ? gpu : mainMemory(machine), onGpu }
}

/** A placement that left room for it (`aside`), with it in its place. */
export function withProjector(placement: Placement, projector: ProjectorMemory | null, input: PlacementInput): Placement {
  if (!projector) return placement
  const { device, mib } = projector
  const isThere = placement.shares.some(each => each.device.id === device.id)
  const alone = {
    ...{ device, weightsMiB: 0, kvMiB: 0, computeMiB: 0, layers: 0, projectorMiB: mib },
    overheadMiB: device.kind === 'ram' ? 0 : (input.engine.overheadMiB[input.backend] ?? 0),
  }
  const shares = [
    ...placement.shares.map(share => (share.device.id === device.id ? { ...share, device, projectorMiB: mib } : share)),
    ...(isThere ? [] : [{ ...alone, freeMiB: freeMiB(device) - mib - alone.overheadMiB }]),
  ]
  return { ...placement, shares, fits: placement.fits && shares.every(isRoomy) }
}

/** The estimate of a placement that left room for it, with its part in words. */
export function describeWithImages(input: PlacementInput, placement: Placement, seeing: ProjectorMemory | null): MemoryEstimate {
  const { workings, parts, ...estimate } = describePlacement(input, withProjector(placement, seeing, input))
  return {
    ...estimate,
    workings: [...workings, ...(seeing ? [seeing.text] : [])],
    ...(parts && { parts: { ...parts, ...(seeing && { projector: seeing.text }) } }),
  }
}
