import type { VisionEncoder } from '../../../contract/model'
import { reservedBytes } from './graph-memory'
import { familyIsKnown, visionGraph } from './vision-graph'

/** How an engine would run it. `flashAttention` null: nobody knows whether its backend can. */
export type VisionRun = { onGpu: boolean; flashAttention: boolean | null }

/** `bufferMiB`: on its device. `inputMiB`: beside a GPU, what is handed to it lies in main memory too. */
export type VisionBuffer = { bufferMiB: number; inputMiB: number; text: string }

/**
 * Tokens a side of the picture that is reserved for, where that is not the size in the header: larger pictures come later, if ever.
 * `set_warmup_n_tokens` and `set_limit_image_tokens` in https://github.com/ggml-org/llama.cpp/blob/master/tools/mtmd/clip.cpp.
 */
const warmupTokens: Readonly<Partial<Record<string, number>>> = {
  ...{ qwen2vl_merger: 46, 'qwen2.5vl_merger': 46, qwen3vl_merger: 46 },
  ...{ pixtral: 16, gemma4v: 16, lfm2: 16 },
}
const mostTokens = 46

/** What is taken where the header names no merge (same source). */
const usualMerge: Readonly<Partial<Record<string, number>>> = {
  ...{ qwen2vl_merger: 2, 'qwen2.5vl_merger': 2, qwen3vl_merger: 2 },
  ...{ gemma3: 4, gemma4v: 3 },
}

/** Buffers stay as they are after some layers; a header may claim any number. */
const mostLayers = 64

/**
 * The compute buffer that is reserved when a projector is loaded (`clip_model_loader::alloc_compute_meta`, counted by
 * `mtmd_get_memory_usage` since https://github.com/ggml-org/llama.cpp/pull/21489), by laying its graph out as ggml's allocator does.
 * Where the family or flash attention is not known, the least is counted and the text says between what it lies.
 */
export function visionBuffer(encoder: VisionEncoder | null | undefined, run: VisionRun): VisionBuffer {
  if (!encoder) return { bufferMiB: 0, inputMiB: 0, text: 'Its buffers are not counted: the shape of what reads images is not known.' }
  const known = buffersOf.get(encoder) ?? new Map<string, VisionBuffer>()
  const key = JSON.stringify([run.onGpu, run.flashAttention])
  const buffer = known.get(key) ?? reckoned(encoder, run)
  buffersOf.set(encoder, known.set(key, buffer))
  return buffer
}

/** Asked for every model and engine that is tried; an encoder is never changed in place. */
const buffersOf = new WeakMap<VisionEncoder, Map<string, VisionBuffer>>()

function reckoned(encoder: VisionEncoder, { onGpu, flashAttention }: VisionRun): VisionBuffer {
  const { projector } = encoder
  const whole = { ...encoder, merge: encoder.merge ?? usualMerge[projector] ?? 1, layers: Math.min(encoder.layers, mostLayers) }
  const ownAside = Math.max(1, Math.floor(whole.imagePixels / whole.patchPixels))
  const aside = warmupTokens[projector] === undefined ? ownAside : warmupTokens[projector] * whole.merge
  const of = (patchesAside: number, flash: boolean) =>
    inMiB(reservedBytes(visionGraph({ encoder: whole, patchesAside, flashAttention: flash, onGpu })))
  const least = of(aside, flashAttention !== false)
  if (!familyIsKnown(projector)) {
    const most = of(Math.max(ownAside, mostTokens * whole.merge), flashAttention === true)
    return { ...least, text: `How projectors of type ${projector} are computed is not known here: ${between(least, most)}.` }
  }
  const side = `${aside * whole.patchPixels} x ${aside * whole.patchPixels} pixels`
  if (flashAttention === null) {
    return {
      ...least,
      text: `For a picture of ${side}; whether its backend has flash attention is not known: ${between(least, of(aside, false))}.`,
    }
  }
  const attention = flashAttention ? 'with' : 'without'
  return {
    ...least,
    text: `A buffer of ${Math.round(least.bufferMiB)} MiB for a picture of ${side}, ${attention} flash attention (${projector}). A larger picture takes more when it comes.`,
  }
}

const MiB = 1024 * 1024
const inMiB = ({ bufferBytes, inputBytes }: { bufferBytes: number; inputBytes: number }) => ({
  bufferMiB: bufferBytes / MiB,
  inputMiB: inputBytes / MiB,
})

const between = (least: { bufferMiB: number }, most: { bufferMiB: number }) =>
  `its buffer takes between ${Math.round(least.bufferMiB)} and ${Math.round(most.bufferMiB)} MiB, of which the lower is counted`
