import type { VisionEncoder } from '../../../contract/model'
import { compute, input, overwrite, view, type GraphTensor } from './graph-memory'

export type VisionGraph = { encoder: VisionEncoder; patchesAside: number; flashAttention: boolean; onGpu: boolean }

/** What the families differ in where it changes the memory; the rest is a plain vision transformer. */
type Family = {
  /** Positions turn queries and keys: by the two halves of a head, each a tensor; or in sections, within one tensor. */
  rope?: 'halves' | 'sections'
  /** The first convolution is two, for two frames of a film. */
  frames?: 2
  /** Each layer but every n-th sees its window only, by a mask of all patches. */
  windows?: boolean
  /** Patches are put in an order of squares that are merged later. */
  squares?: boolean
  /** Queries, keys and values are normed a head at a time, which no matrix is written over for. */
  headNorms?: boolean
  /** Learned positions are picked from a table, row by row. */
  learnedRows?: boolean
  /** The last layer is left out. */
  withoutLast?: boolean
  /** From the last layer to what the model is given. */
  tail: (last: GraphTensor, graph: VisionGraph) => GraphTensor
}

/** By `clip.projector_type`. Graphs: https://github.com/ggml-org/llama.cpp/tree/master/tools/mtmd/models, and clip.cpp for the plain one. */
const families: Readonly<Partial<Record<string, Family>>> = {
  mlp: { withoutLast: true, learnedRows: true, tail: (last, { encoder }) => projected(compute(last.bytes, last), encoder, 1) },
  gemma3: { tail: pooledByTurned },
  gemma4v: { rope: 'halves', headNorms: true, tail: pooledToTokens },
  idefics3: { tail: shuffled },
  internvl: { tail: shuffled },
  lfm2: { tail: shuffled },
  pixtral: { rope: 'halves', tail: shuffled },
  qwen2vl_merger: { rope: 'sections', frames: 2, squares: true, tail: merged },
  'qwen2.5vl_merger': { rope: 'sections', frames: 2, squares: true, windows: true, tail: merged },
  qwen3vl_merger: { rope: 'sections', frames: 2, squares: true, tail: merged },
  resampler: { learnedRows: true, tail: resampled },
}

export const familyIsKnown = (projector: string) => families[projector] !== undefined

const floats = (count: number) => count * 4
const patchesOf = ({ patchesAside }: VisionGraph) => patchesAside ** 2
/** With the one that stands for the whole picture. */
const positionsOf = (graph: VisionGraph) => patchesOf(graph) + (graph.encoder.classToken ? 1 : 0)
const hiddenBytes = (graph: VisionGraph) => floats(positionsOf(graph) * graph.encoder.width)

/** The graph that is reserved when a projector is loaded; the plain transformer for families that are not known. */
export function visionGraph(graph: VisionGraph): GraphTensor[] {
  const family = families[graph.encoder.projector] ?? { tail: shuffled }
  const side = graph.patchesAside * graph.encoder.patchPixels
  const picture = input(floats(3 * side ** 2))
  const positions = family.rope === undefined ? null : input(floats(patchesOf(graph) * (family.rope === 'sections' ? 4 : 2)))
  const mask = family.windows ? maskOf(graph) : null
  let layer = embedded(picture, graph, family)
  const kept: GraphTensor[] = []
  const roots: GraphTensor[] = []
  const count = graph.encoder.layers - (family.withoutLast ? 1 : 0)
  for (let index = 0; index < count; index++) {
    // Attention to everything is in every n-th layer; what it takes is the same in all of them.
    layer = block(layer, { graph, family, positions, mask, roots })
    if (graph.encoder.deepstackLayers.includes(index)) kept.push(deepstack(layer, graph))
  }
  const last = family.tail(compute(layer.bytes, layer), graph)
  return [...roots, kept.length === 0 ? last : stacked([last, kept.reduce((all, each) => stacked([all, each]))])]
}

const stacked = (parts: GraphTensor[]) =>
  compute(
    parts.reduce((sum, { bytes }) => sum + bytes, 0),
    ...parts,
  )

/**
 * In 16 bits for flash attention. Builds on GPUs were seen to turn it anew in each layer, one on a processor once for all; what makes
 * the difference is not known.
 */
function maskOf(graph: VisionGraph): () => GraphTensor {
  const mask = input(floats(patchesOf(graph) ** 2))
  if (!graph.flashAttention) return () => mask
  const once = compute(mask.bytes / 2, mask)
  return () => (graph.onGpu ? compute(mask.bytes / 2, mask) : once)
}

/** Patches by a convolution (as a matrix of patches times weights), in rows, with the learned positions. */
function embedded(picture: GraphTensor, graph: VisionGraph, family: Family): GraphTensor {
  const { encoder } = graph
  const patches = patchesOf(graph)
  const bytes = floats(patches * encoder.width)
  const convolved = () => {
    const columns = compute(patches * 3 * encoder.patchPixels ** 2 * 2, picture)
    return compute(bytes, view(compute(bytes, view(columns))))
  }
  const all = family.frames === 2 ? overwrite(bytes, convolved(), convolved()) : convolved()
  const rows = compute(bytes, view(all))
  const ordered = family.squares ? compute(bytes, view(rows)) : rows
  if (family.windows) return compute(bytes, view(ordered), input(patches))
  const whole = encoder.classToken ? compute(hiddenBytes(graph), ordered) : ordered
  if (!family.learnedRows) return whole
  return overwrite(hiddenBytes(graph), whole, compute(hiddenBytes(graph), input(floats(positionsOf(graph)))))
}

type BlockInput = {
  graph: VisionGraph
  family: Family
  positions: GraphTensor | null
  mask: (() => GraphTensor) | null
  roots: GraphTensor[]
}

function block(before: GraphTensor, means: BlockInput): GraphTensor {
  const { graph } = means
  const bytes = hiddenBytes(graph)
  const attended = overwrite(bytes, attention(compute(bytes, before), means), before)
  return overwrite(bytes, attended, feedForward(compute(bytes, attended), graph))
}

/** Norms with weights, biases and scales are written over what they are applied to, so they take nothing. */
function feedForward(normed: GraphTensor, graph: VisionGraph): GraphTensor {
  const { encoder } = graph
  const inner = floats(positionsOf(graph) * encoder.feedForward)
  const up = () => compute(inner, normed)
  const active = encoder.gated ? compute(inner, up(), up()) : up()
  return compute(hiddenBytes(graph), active)
}

function attention(normed: GraphTensor, { graph, family, positions, mask, roots }: BlockInput): GraphTensor {
  const { encoder, flashAttention } = graph
  const bytes = hiddenBytes(graph)
  const fused = encoder.fused ? compute(bytes * 3, normed) : null
  const part = () => {
    const plain = fused ? view(fused) : view(compute(bytes, normed))
    return family.headNorms ? compute(bytes, plain) : plain
  }
  const turned = () => {
    const plain = part()
    if (!positions) return plain
    if (family.rope === 'sections') return compute(bytes, plain, positions)
    const owner = plain.viewOf ?? plain
    return compute(bytes, ...[0, 1].map(() => compute(bytes / 2, view(owner), positions)))
  }
  const [query, key, value] = [turned(), turned(), part()]
  roots.push(query, key, value)
  const masks = mask ? [mask()] : []
  if (flashAttention) {
    const halves = [key, value].map(each => compute(bytes / 2, view(each)))
    return compute(bytes, view(compute(bytes, view(query), ...halves, ...masks)))
  }
  const turnedValue = compute(bytes, view(value))
  const scores = floats(encoder.heads * positionsOf(graph) ** 2)
  const weighed = overwrite(scores, compute(scores, view(key), view(query)), ...masks)
  return compute(bytes, compute(bytes, view(compute(bytes, turnedValue, weighed))))
}

const mergeOf = ({ merge }: VisionEncoder) => merge ?? 1
const tokensOf = (graph: VisionGraph) => patchesOf(graph) / mergeOf(graph.encoder) ** 2

/** Two matrices; `merged` patches make one vector. */
const projected = (from: GraphTensor, encoder: VisionEncoder, patchesInOne: number) => {
  const tokens = from.bytes / floats(encoder.width * patchesInOne)
  const bytes = floats(tokens * encoder.outputWidth)
  return compute(bytes, compute(bytes, from))
}

function shuffled(last: GraphTensor, { encoder }: VisionGraph): GraphTensor {
  const first = compute(last.bytes, view(last))
  return projected(compute(last.bytes, view(first)), encoder, mergeOf(encoder) ** 2)
}

function merged(last: GraphTensor, graph: VisionGraph): GraphTensor {
  return compute(floats(tokensOf(graph) * graph.encoder.outputWidth), compute(last.bytes, view(last)))
}

/** Squares of patches become one by their mean. */
function pooled(last: GraphTensor, graph: VisionGraph): GraphTensor {
  const mean = last.bytes / mergeOf(graph.encoder) ** 2
  return compute(mean, view(compute(mean, compute(last.bytes, view(last)))))
}

const tokenBytes = (graph: VisionGraph) => floats(tokensOf(graph) * graph.encoder.outputWidth)
function pooledToTokens(last: GraphTensor, graph: VisionGraph): GraphTensor {
  return compute(tokenBytes(graph), pooled(last, graph))
}

/** Its last matrix is turned first, in 16 bits, and that early step breaks up a gap which the last layer would have used whole. */
function pooledByTurned(last: GraphTensor, graph: VisionGraph): GraphTensor {
  const matrix = compute(graph.encoder.width * graph.encoder.outputWidth * 2)
  return compute(tokenBytes(graph), matrix, pooled(last, graph))
}

/** A layer of attention from a few learned queries to all patches; keys and values have the width of the model. */
function resampled(last: GraphTensor, graph: VisionGraph): GraphTensor {
  const bytes = floats(patchesOf(graph) * graph.encoder.outputWidth)
  const value = compute(bytes, compute(bytes, last))
  const places = compute(bytes, ...[0, 1].map(() => compute(bytes / 2, compute(bytes / 4), compute(bytes / 4))))
  const key = compute(bytes, compute(bytes, value, places))
  return compute(floats(64 * graph.encoder.outputWidth), compute(bytes / 2, view(key)), compute(bytes / 2, view(compute(bytes, value))))
}

/** What a middle layer hands to the model beside the last one. */
function deepstack(layer: GraphTensor, graph: VisionGraph): GraphTensor {
  const normed = compute(layer.bytes, view(layer))
  const share = graph.encoder.outputWidth / (graph.encoder.deepstackLayers.length + 1)
  return compute(floats(tokensOf(graph) * share), compute(layer.bytes, normed))
}
