import type { Machine } from '../../contract/machine'
import type { RuntimeFacts } from '../runtimes/facts'
import { batchingDevices, freeMiB, gpuDevices, mainMemory, marginMiB, type Device } from './devices'
import { computeBytes, kvBytes, serverComputeBytes, type KvQuantisation } from './kv-cache'
import { byFreeMemory, spread } from './layer-split'
import type { ModelSize } from './model-size'
import { wantsHugePages } from '../runtimes/common-huge-pages'
import { repackedBytes } from './repack'

export type PlacementInput = {
  machine: Machine
  model: ModelSize
  /** Context of each slot. */
  contextTokens: number
  slots: number
  kvQuantisation: KvQuantisation
  /** `cuda`, `rocm`, `vulkan`, `metal`, `cann`, `cpu`. */
  backend: string
  /** What the engine itself takes. */
  engine: RuntimeFacts['memory']
  /** Layers wanted on GPUs; null = as many as fit. */
  gpuLayers?: number | null
  /** llama.cpp's `-ub`; the built-in engine uses one more for sliding-window models. */
  microBatch?: number
  flashAttention?: boolean
  /** The engine keeps logits of each slot's last token only. */
  lastOutputsOnly?: boolean
  /** Cards to use where they are there, though fewer would hold it; for slices of layers only equal ones. 1 unless asked. */
  leastGpus?: number
  /** Memory of one device that something beside the model takes. */
  aside?: { device: string; mib: number }
}

/** One device's share, MiB. */
export type Share = {
  device: Device
  weightsMiB: number
  kvMiB: number
  computeMiB: number
  overheadMiB: number
  freeMiB: number
  layers: number
  /** Of the weights: a second copy of what is mapped from the file; the first can be dropped when memory is short. */
  repackedMiB?: number
  /** What reads images, weights and buffers; it is counted in none of the other parts. */
  projectorMiB?: number
}

export type Placement = {
  shares: readonly Share[]
  fits: boolean
  gpuLayers: number
  layers: number
  /** GPUs that work on each layer together; 1 = layer by layer. */
  tensorParallel: number
  /** Share of each device that the engine reserves; null when it takes what it needs. */
  memoryShare: number | null
  kvQuantisation: KvQuantisation
}

const MiB = 1024 * 1024

/** Where weights, cache and buffers would lie. Pure arithmetic, no text: it runs for every candidate. */
export function place(input: PlacementInput): Placement {
  const gpus = input.backend === 'cpu' ? [] : lessAside(input, gpuDevices(input.machine, input.backend))
  if (gpus.length === 0) return placeInMemory(input)
  return input.engine.reservedShare === null ? placeLayers(input, gpus) : placeReserved(input, batchingDevices(input.machine, gpus))
}

const lessAside = ({ aside }: PlacementInput, devices: readonly Device[]): readonly Device[] =>
  aside ? devices.map(each => (each.id === aside.device ? { ...each, othersMiB: each.othersMiB + aside.mib } : each)) : devices

const memoryFor = (input: PlacementInput) => {
  const memory = mainMemory(input.machine)
  return lessAside(input, [memory])[0] ?? memory
}

type Needs = { weightsMiB: number; kvMiB: number; computeMiB: number; overheadMiB: number }
/** `innerMiB`: buffers of a device that computes layers but not the output. */
type AllNeeds = Needs & { innerMiB: number }

function needsOf(input: PlacementInput): AllNeeds {
  const { model, slots, contextTokens, kvQuantisation, engine } = input
  const { flashAttention = true } = input
  const cache = { contextTokens, kvQuantisation, flashAttention, ...(input.microBatch ? { microBatch: input.microBatch } : {}) }
  const buffers = engine.reservedShare === null ? computeBytes(model.shape, computeOf(input)) : serverComputeBytes(model.shape, slots)
  return {
    weightsMiB: model.weightsBytes / MiB,
    kvMiB: (kvBytes(model.shape, cache) * slots) / MiB,
    computeMiB: buffers / MiB,
    innerMiB: Math.min(buffers, computeBytes(model.shape, { ...computeOf(input), lastOutputs: 0 })) / MiB,
    overheadMiB: engine.overheadMiB[input.backend] ?? 250,
  }
}

const computeOf = (input: PlacementInput) => ({
  contextTokens: input.contextTokens,
  flashAttention: input.flashAttention ?? true,
  onGpu: input.backend !== 'cpu',
  ...(input.lastOutputsOnly ? { lastOutputs: input.slots } : {}),
  ...(input.microBatch ? { microBatch: input.microBatch } : {}),
})

const share = (device: Device, { weightsMiB, kvMiB, computeMiB, overheadMiB }: Needs, layers: number): Share => ({
  ...{ device, weightsMiB, kvMiB, computeMiB, overheadMiB, layers },
  freeMiB: freeMiB(device) - weightsMiB - kvMiB - computeMiB - overheadMiB,
})

/** A reserved share leaves exactly the margin, less what adding up rounds away. */
const roundingMiB = 0.01

const allFit = (shares: readonly Share[]) => shares.every(isRoomy)

/** What is mapped from the file and packed anew beside it counts once: the mapped copy goes when memory is short. */
export const isRoomy = ({ device, freeMiB: free, repackedMiB = 0 }: Share) => free + repackedMiB >= marginMiB(device) - roundingMiB

function placeInMemory(input: PlacementInput): Placement {
  const needs = needsOf({ ...input, backend: 'cpu' })
  const read = wantsHugePages(input.machine, { gpuLayers: 0, devices: [needs] })
  // Beside a GPU its host memory takes what stays in main memory, unpacked; what is read in is packed on the way.
  const again = input.engine.repacks && input.backend === 'cpu' && !read
  const repackedMiB = again ? repackedBytes(input.model.matrixBytes, input.machine) / MiB : 0
  const whole = share(memoryFor(input), { ...needs, weightsMiB: needs.weightsMiB + repackedMiB }, input.model.shape.layers)
  const shares = [{ ...whole, repackedMiB }]
  return { ...placement(input, shares, 0), tensorParallel: 1, memoryShare: null }
}

const placement = (input: PlacementInput, shares: readonly Share[], gpuLayers: number) => ({
  ...{ shares, gpuLayers, fits: allFit(shares), layers: input.model.shape.layers, kvQuantisation: input.kvQuantisation },
})

/**
 * Layer by layer, as llama.cpp does, on the fewest GPUs that hold all of it, the fastest first: a slow card in the chain
 * would slow every token. Where even all of them together are too small, the rest of the layers stays in main memory.
 */
function placeLayers(input: PlacementInput, gpus: readonly Device[]): Placement {
  // What lies aside takes a card of its own where the model could stand beside it: it does not count here.
  const room = (each: Device) => freeMiB(each) + (input.aside?.device === each.id ? input.aside.mib : 0)
  const bySpeed = [...gpus].sort((a, b) => (b.bandwidthGBps ?? 0) - (a.bandwidthGBps ?? 0) || room(b) - room(a))
  // Handing layers on gains nothing: more than two only where they are needed.
  for (let count = Math.min(2, input.leastGpus ?? 1); count < gpus.length; count++) {
    const group = bySpeed.slice(0, count)
    const placed = placeOn(
      input,
      gpus.filter(gpu => group.includes(gpu)),
    )
    if (placed.gpuLayers === input.model.shape.layers && placed.fits) return placed
  }
  return placeOn(input, gpus)
}

/** Each GPU takes layers in proportion to what is free after its own buffers; layers count as equal in size. */
function placeOn(input: PlacementInput, gpus: readonly Device[]): Placement {
  const needs = needsOf(input)
  const layers = input.model.shape.layers
  const parts = layerParts(input, needs)
  const room = roomOn(gpus, needs, { ...parts, perLayerMiB: parts.layerMiB + needs.kvMiB / layers })
  const possible = room.reduce((sum, each) => sum + each.layers, 0)
  const onGpu = input.gpuLayers == null ? Math.min(possible, layers) : Math.min(input.gpuLayers, layers)
  if (onGpu === 0) return placeInMemory(input)
  const counts = (onGpu === layers ? byFreeMemory(layers, room) : null) ?? spread(onGpu, room)
  const shares = room.map((each, index) => {
    const count = counts[index] ?? 0
    const weightsMiB = count * parts.layerMiB + each.outputMiB
    const kvMiB = (needs.kvMiB * count) / layers
    return share(each.device, { weightsMiB, kvMiB, computeMiB: each.computeMiB, overheadMiB: needs.overheadMiB }, count)
  })
  const rest = layers - onGpu
  if (rest > 0) {
    const computeMiB = needs.innerMiB
    const left = { weightsMiB: rest * parts.layerMiB, kvMiB: (needs.kvMiB * rest) / layers, computeMiB, overheadMiB: 100 }
    shares.push(share(memoryFor(input), left, rest))
  }
  return { ...placement(input, shares, onGpu), tensorParallel: 1, memoryShare: null }
}

/** How many layers each GPU has room for; the last one also holds the output matrix and the logits. */
function roomOn(gpus: readonly Device[], needs: AllNeeds, parts: { perLayerMiB: number; outputMiB: number }) {
  return gpus.map((device, index) => {
    const last = index === gpus.length - 1
    const computeMiB = last ? needs.computeMiB : needs.innerMiB
    const outputMiB = last ? parts.outputMiB : 0
    const roomMiB = freeMiB(device) - needs.overheadMiB - computeMiB - outputMiB - marginMiB(device)
    return { device, computeMiB, outputMiB, layers: Math.max(0, Math.floor(roomMiB / parts.perLayerMiB)) }
  })
}

/** Layers, and what goes with the last GPU: the output matrix. The embedding table stays in main memory, mapped from the file. */
function layerParts(input: PlacementInput, needs: Needs): { layerMiB: number; outputMiB: number } {
  const { model } = input
  if (model.layerBytes === null) return { layerMiB: needs.weightsMiB / model.shape.layers, outputMiB: 0 }
  const layersMiB = model.layerBytes.reduce((sum, bytes) => sum + bytes, 0) / MiB
  const outsideMiB = Math.max(0, needs.weightsMiB - layersMiB)
  const tableMiB = (model.shape.vocabulary * model.shape.hidden * (model.weightsBytes / model.parameters)) / MiB
  const tied = outsideMiB < tableMiB * 1.5
  return { layerMiB: layersMiB / model.shape.layers, outputMiB: tied ? outsideMiB : outsideMiB / 2 }
}

/**
 * As batching servers do: every layer on all cards of a tensor-parallel group, and the reserved share of each card beyond
 * weights and buffers becomes the cache. The group is the smallest power of two that fits, since fewer cards exchange less,
 * unless more are wanted: then the largest of equal cards.
 */
function placeReserved(input: PlacementInput, gpus: readonly Device[]): Placement {
  const { model, engine } = input
  const layers = model.shape.layers
  const byRoom = [...gpus].sort((a, b) => freeMiB(b) - freeMiB(a))
  const tried = groupsOf(byRoom, input)
  const needs = needsOf(input)
  let best: Placement | null = null
  for (const count of tried) {
    const shares = byRoom.slice(0, count).map(device => {
      const fixedMiB = needs.weightsMiB / count + needs.computeMiB + needs.overheadMiB
      const reservable = Math.min(device.totalMiB * (engine.reservedShare ?? 1), freeMiB(device) - marginMiB(device))
      const kvMiB = Math.max(needs.kvMiB / kvParts(model, count), reservable - fixedMiB)
      return share(device, { ...needs, weightsMiB: needs.weightsMiB / count, kvMiB }, layers)
    })
    const first = shares[0]
    const used = first ? (freeMiB(first.device) - first.freeMiB) / first.device.totalMiB : 0
    best = { ...placement(input, shares, layers), tensorParallel: count, memoryShare: Math.floor(used * 100) / 100 }
    if (best.fits) return best
  }
  return best ?? placeInMemory(input)
}

/** How many conversations at full length the pool of a batching server holds; null where each has a room of its own. */
export function conversationsHeld({ engine, model, contextTokens, kvQuantisation }: PlacementInput, placement: Placement): number | null {
  if (engine.reservedShare === null) return null
  const eachMiB = kvBytes(model.shape, { contextTokens, kvQuantisation }) / MiB / kvParts(model, placement.tensorParallel)
  return Math.floor(Math.min(...placement.shares.map(each => each.kvMiB)) / eachMiB)
}

/** Heads of keys and values are divided among the cards, a compressed cache is on each. */
const kvParts = ({ shape }: ModelSize, cards: number) => (shape.mla ? 1 : Math.min(cards, shape.kvHeads))

/**
 * Sizes of a tensor-parallel group, in the order they are tried. Slices of a divided card cannot talk to each other
 * (https://docs.nvidia.com/datacenter/tesla/mig-user-guide/, application considerations).
 */
function groupsOf(byRoom: readonly Device[], { machine, model, leastGpus = 1 }: PlacementInput): number[] {
  if (machine.gpus.some(gpu => gpu.usable && gpu.migEnabled === true && gpu.migInstances.length > 0)) return [1]
  const possible = [1, 2, 4, 8].filter(count => count <= byRoom.length && model.shape.heads % count === 0)
  const largest = byRoom[0]?.totalMiB ?? 0
  const equal = byRoom.filter(each => each.totalMiB >= largest * 0.9).length
  const wanted = possible.filter(count => count > 1 && count <= Math.min(equal, leastGpus)).reverse()
  return [...wanted, ...possible.filter(count => !wanted.includes(count))]
}
