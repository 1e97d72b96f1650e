import type { Machine } from '../../contract/machine'
import type { ModelSize } from './model-size'
import { tiedOutput, type CoreTime } from './speed-work'

/**
 * What one core takes to multiply with one weight while decoding, nanoseconds by tensor type, the memory apart: node-llama-cpp
 * 3.21's llama.cpp on one AVX-512 server core that reads 30 GB/s, weights in large pages (common-huge-pages.ts), least squares over
 * 25 runs (SmolLM2-135M and gemma-3-270m in several types, a model of 243 million weights in each type alone; our own runs,
 * November 2026). The fit is within 5 % of the two models in every type, within 8 % of the third. Types packed anew at loading
 * (Q4_0, Q4_K, Q2_K) are the quick ones; IQ4_NL and MXFP4 were not measured and are taken as those. F32 was only seen held up by
 * the memory, and counts as F16 does.
 */
const nanosecondsPerWeight: Readonly<Record<string, number>> = {
  ...{ F32: 0.06, F16: 0.058, BF16: 0.062, Q8_0: 0.0507, Q6_K: 0.041, Q5_1: 0.0753, Q5_0: 0.0673, Q5_K: 0.0478 },
  ...{ Q4_1: 0.0688, Q4_0: 0.0262, Q4_K: 0.0239, Q3_K: 0.0405, Q2_K: 0.0241, IQ4_XS: 0.0459, IQ4_NL: 0.0262, MXFP4: 0.0262, IQ3_S: 0.117 },
}
/** Stands for types that were not measured. */
const usualNanoseconds = 0.05

/** Bits that one weight takes in the types above, with its share of the scales (ggml-common.h, block sizes). */
const bitsPerWeight: Readonly<Record<string, number>> = {
  ...{ F32: 32, F16: 16, BF16: 16, Q8_0: 8.5, Q6_K: 6.5625, Q5_1: 6, Q5_0: 5.5, Q5_K: 5.5, Q4_1: 5, Q4_0: 4.5, Q4_K: 4.5 },
  ...{ Q3_K: 3.4375, Q2_K: 2.625, IQ4_XS: 4.25, IQ4_NL: 4.5, MXFP4: 4.25, IQ3_S: 3.4375 },
}

/**
 * Core time of one generated token beside the weights, on the same machine: work between the matrices of a layer, and
 * choosing among the vocabulary (262,144 entries of Gemma take about 1.8 ms, 49,152 of SmolLM2 0.3).
 */
const layerNanoseconds = 42_000
const vocabularyNanoseconds = 6.8

/**
 * How fast a core is against the one that was measured, which runs at about 3 GHz under a hypervisor: a desktop's boosts to 5 and
 * more, an Apple performance core does more in a cycle. Against two threads of a Ryzen 9 7950X and three or four of an M2 Max with
 * types that their cores hold up (IQ3_S, IQ4_XS, Q6_K: llama-bench runs of 2024).
 */
export function coreSpeed({ model, vendor }: Pick<Machine['cpu'], 'model' | 'vendor'>): number {
  const name = `${vendor ?? ''} ${model ?? ''}`
  if (/apple/i.test(name)) return 1.2
  if (/epyc|xeon|opteron|virtual|qemu|kvm|common/i.test(name)) return 1
  return /ryzen|threadripper|\bcore\b|\bultra\b|i[3579]-/i.test(name) ? 1.4 : 1
}

/** What lies on the CPU: `layers` in units of an ordinary one; `output` where it chooses the token as well. */
export type CorePart = { weights: number; layers: number; output: boolean }

/** Time of one core for one token: by the types of the file where its header is known, else by its quantisation. */
export function coreTime(model: ModelSize, { weights, layers, output }: CorePart): CoreTime {
  const perWeight = ofTypes(model) ?? nanosecondsPerWeight[typeOf(model.quantisation)] ?? usualNanoseconds
  const choosing = output ? vocabularyNanoseconds * model.shape.vocabulary : 0
  return { sharedSeconds: (perWeight * weights) / 1e9, aloneSeconds: (layerNanoseconds * layers + choosing) / 1e9 }
}

/** Mean over what a file multiplies with: its matrices, and the embedding table where that is the output too. */
function ofTypes(model: ModelSize): number | null {
  const { matrixBytes, weightsBytes, parameters } = model
  if (!matrixBytes) return null
  let [nanoseconds, weights, bytes] = [0, 0, 0]
  const add = (type: string, count: number) => {
    nanoseconds += count * (nanosecondsPerWeight[type] ?? usualNanoseconds)
    weights += count
  }
  for (const [type, typeBytes] of Object.entries(matrixBytes)) {
    const bits = bitsPerWeight[type]
    if (bits === undefined) return null
    add(type, (typeBytes * 8) / bits)
    bytes += typeBytes
  }
  const others = parameters - weights
  if (others > 0 && tiedOutput(model)) add(nearestType(((weightsBytes - bytes) * 8) / others), others)
  return weights > 0 ? nanoseconds / weights : null
}

const nearestType = (bits: number) =>
  Object.entries(bitsPerWeight).reduce(
    (best, [type, each]) => (Math.abs(each - bits) < Math.abs((bitsPerWeight[best] ?? 0) - bits) ? type : best),
    'Q8_0',
  )

/** `Q4_K_M` -> `Q4_K`: the type that most weights of a mix have; the smaller IQ types look up tables alike. `4bit` and the like stay unknown. */
function typeOf(quantisation = ''): string {
  const name = quantisation.toUpperCase().replace(/^UD-/, '').replace(/^FP/, 'F')
  if (/^IQ[123]/.test(name)) return 'IQ3_S'
  return name.replace(/_(XL|[SML])$/, '')
}
