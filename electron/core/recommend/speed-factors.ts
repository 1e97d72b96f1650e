import * as z from 'zod'
import data from '../../../resources/knowledge/speed-factors.json'
import type { Machine } from '../../contract/machine'
import type { Device } from './devices'

/** What a kind of device reaches with one backend; fitted on published runs by test/bench/predict/refit.ts. */
const groupSchema = z.object({
  /** Share of the memory bandwidth that reading weights reaches. */
  efficiency: z.number(),
  /** Fixed cost of one layer of one token: kernel launches and what runs between them, microseconds. */
  layerMicroseconds: z.number(),
  /** Cost of a layer that routes to experts, and of a recurrent one, against an ordinary layer. */
  mixtureLayers: z.number(),
  recurrentLayers: z.number(),
  /** Efficiency of K and I quantisations against plain types (F16, Q8_0, Q4_0). */
  kQuants: z.number(),
  /** Shader operations that unpacking one weight of a K or I quantisation costs; 0 where memory is always the limit. */
  opsPerWeight: z.number(),
  /** Bytes of weights that one integer operation of the cores takes in; 0 where cores are never the limit. */
  bytesPerOp: z.number(),
  /** Efficiency of reading the cache with flash attention and without. */
  cache: z.number(),
  cachePlain: z.number(),
  /** Above this bandwidth one stream gains only the power `beyond` of more of it, GB/s. */
  kneeGBps: z.number().nullable(),
  beyond: z.number(),
  /** Cost of a layer, and of unpacking, in engines built before 2025 against today's. */
  early: z.number(),
  /** Cost of handing a token on to the next GPU, microseconds. */
  crossMicroseconds: z.number(),
  /** Measured over predicted that 10 % of the runs stay under, and 10 % exceed, each with its device left out of the fit. */
  low: z.number(),
  high: z.number(),
})
export type GroupFactors = z.infer<typeof groupSchema>

const factorsSchema = z.object({
  fitted: z.string(),
  rows: z.int(),
  /** Streams of one batch choose the same experts more often than chance: B of them touch what B^routing independent ones would. */
  routing: z.number(),
  groups: z.record(z.string(), groupSchema),
})
export type SpeedFactors = Pick<z.infer<typeof factorsSchema>, 'groups' | 'routing'>

/** The factors the app predicts with: resources/knowledge/speed-factors.json, checked once. */
export const shippedFactors: SpeedFactors = factorsSchema.parse(data)

/** For a backend that nobody published runs of. */
const unknownGroup: GroupFactors = {
  ...{
    efficiency: 0.5,
    layerMicroseconds: 100,
    mixtureLayers: 2,
    recurrentLayers: 3,
    kQuants: 0.9,
    opsPerWeight: 0,
    bytesPerOp: 0,
    cache: 0.5,
    cachePlain: 0.25,
    kneeGBps: null,
    beyond: 1,
  },
  ...{ early: 1, crossMicroseconds: 100, low: 0.6, high: 1.4 },
}

export const factorsOf = (group: string, factors: SpeedFactors = shippedFactors): GroupFactors =>
  factors.groups[group] ?? factors.groups[group.split('.')[0] ?? ''] ?? unknownGroup

/** Parts with stacked memory (HBM): one stream does not fill them, whatever the engine. */
export const stackedMemory =
  /\b(A100|A30|H100|H200|GH200|H800|A800|B[123]00|GB[23]00|V100|P100|MI[1-3]\d\d[AX]?|MI[56]0|Radeon (Pro )?VII|Vega (56|64|Frontier)|RX Vega)\b/

/** The first large Apple chips: their GPUs reach less of the memory than later ones of the same bandwidth (#4167: M1 Max and M2 Max). */
const firstLargeApple = /\bM1 (Pro|Max|Ultra)\b/
/** Intel GPUs from Xe2 on; llama.cpp's shaders tell older ones apart and do without much on them (ggml-org/llama.cpp #17369). */
const intelXe2 = /\bB\d{2,3}\b|\b1[34]0V\b|\bXe[23]\b|Lunar Lake|Battlemage|Panther Lake|Core Ultra( \d)? 2\d\d( Series|V)/i

/**
 * Kind of a device as far as speed differs by it. NVIDIA: before tensor cores (compute capability below 7), first tensor
 * cores (7), stacked memory, the rest. Apple: the first large chips and the rest. Vulkan: translated to Metal, Intel before Xe2,
 * AMD's stacked memory, and the rest, whose runs differ by the age of build and driver, not by the maker.
 */
export function groupOf(machine: Machine, device: Pick<Device, 'id' | 'name' | 'kind'>, backend: string): string {
  if (device.kind === 'ram') return 'cpu'
  const gpu = machine.gpus.find(each => each.id === device.id)
  if (backend === 'vulkan') return vulkanGroup(device.name, gpu?.vendor ?? null)
  if (backend === 'metal') return firstLargeApple.test(device.name) ? 'metal.first' : backend
  if (backend !== 'cuda') return stackedMemory.test(device.name) ? `${backend}.stacked` : backend
  const capability = Number(gpu?.computeCapability ?? 8)
  if (capability < 7) return 'cuda.early'
  if (stackedMemory.test(device.name)) return 'cuda.stacked'
  return capability < 8 ? 'cuda.turing' : 'cuda'
}

function vulkanGroup(name: string, vendor: Machine['gpus'][number]['vendor'] | null): string {
  if (vendor === 'apple') return 'vulkan.apple'
  if (vendor === 'intel' && !intelXe2.test(name)) return 'vulkan.intel'
  return vendor === 'amd' && stackedMemory.test(name) ? 'vulkan.stacked' : 'vulkan'
}

/** FP16 operations that a multiprocessor counts for each 32-bit integer operation, by compute capability. */
const fp16PerInteger: Readonly<Record<string, number>> = {
  '6.0': 4,
  '7.0': 4,
  '7.2': 4,
  '7.5': 4,
  '8.0': 8,
  '8.6': 4,
  '8.7': 8,
  '8.9': 4,
  '9.0': 16,
}

/**
 * Integer operations a second, in units of 10^12, that NVIDIA cores of this FP16 rate do (CUDA C++ Programming Guide,
 * "Arithmetic Instructions"); null where the rate says nothing of them (FP16 on Pascal's GeForce is 1/64). Parts without
 * dp4a take two operations or more for the one that unpacking asks for.
 */
export function integerTops(fp16Tflops: number | null, capability: string | null, quantised: boolean): number | null {
  if (fp16Tflops === null || capability === null) return null
  const per = Number(capability) >= 11 ? 2 : fp16PerInteger[capability]
  if (per === undefined) return null
  return fp16Tflops / per / (quantised && Number(capability) < 6.1 ? 2 : 1)
}
