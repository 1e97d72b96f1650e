/** One tensor of a compute graph. Weights are no tensors here: they have a buffer of their own. */
export type GraphTensor = {
  bytes: number
  sources: readonly GraphTensor[]
  /** It lies in the memory of another. */
  viewOf: GraphTensor | null
  /** It is written over its first source that nobody needs afterwards. */
  inPlace: boolean
  /** Handed in from outside: there from the beginning. */
  input: boolean
}

const tensor = (bytes: number, sources: readonly GraphTensor[], kind: Partial<GraphTensor> = {}): GraphTensor => ({
  ...{ bytes, sources, viewOf: null, inPlace: false, input: false },
  ...kind,
})

export const input = (bytes: number) => tensor(bytes, [], { input: true })
export const compute = (bytes: number, ...sources: GraphTensor[]) => tensor(bytes, sources)
export const overwrite = (bytes: number, ...sources: GraphTensor[]) => tensor(bytes, sources, { inPlace: true })
export const view = (of: GraphTensor) => tensor(of.bytes, [of], { viewOf: of.viewOf ?? of })

/** Offsets are aligned to this; backends have 32 to 256, which moves a figure by some kilobytes. */
const alignment = 128

/**
 * Bytes of the buffer that ggml's graph allocator reserves, and bytes of what is handed in. Steps run in the order in which the
 * tensors are reached from `roots`, sources first. A tensor takes the smallest gap that holds it and gives it back after its last use.
 * Rules: ggml_build_forward_expand of ggml.c; ggml_gallocr_alloc_graph_impl and ggml_dyn_tallocr_alloc of ggml-alloc.c
 * (https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-alloc.c).
 */
export function reservedBytes(roots: readonly GraphTensor[]): { bufferBytes: number; inputBytes: number } {
  const steps = inOrder(roots)
  const inputs = steps.filter(each => each.input)
  const memory = createGaps()
  const uses = new Map<GraphTensor, Uses>()
  const of = (each: GraphTensor): Uses => {
    const known = uses.get(each) ?? { readers: 0, views: 0, offset: null }
    uses.set(each, known)
    return known
  }
  for (const each of inputs) of(each).offset = memory.take(each.bytes)
  for (const step of steps) {
    if (step.viewOf) of(step.viewOf).views += 1
    for (const source of step.sources) of(source).readers += 1
  }
  for (const step of steps) {
    if (!step.input && !step.viewOf) of(step).offset = overwritten(step, of) ?? memory.take(step.bytes)
    for (const source of step.sources) release(source, of, memory)
  }
  return { bufferBytes: memory.highest(), inputBytes: inputs.reduce((sum, { bytes }) => sum + aligned(bytes), 0) }
}

/** `offset`: where it lies; null before, afterwards, and when another took its place. */
type Uses = { readers: number; views: number; offset: number | null }

function inOrder(roots: readonly GraphTensor[]): GraphTensor[] {
  const seen = new Set<GraphTensor>()
  const steps: GraphTensor[] = []
  const visit = (each: GraphTensor) => {
    if (seen.has(each)) return
    seen.add(each)
    each.sources.forEach(visit)
    steps.push(each)
  }
  roots.forEach(visit)
  return steps
}

/** The place of a source that only this step still reads, of the same size. What lies in another's memory is never written over. */
function overwritten(step: GraphTensor, of: (each: GraphTensor) => Uses): number | null {
  if (!step.inPlace) return null
  for (const source of step.sources) {
    const own = of(source)
    if (own.offset === null || source.bytes !== step.bytes || own.readers !== 1 || own.views !== 0) continue
    const { offset } = own
    own.offset = null
    return offset
  }
  return null
}

function release(source: GraphTensor, of: (each: GraphTensor) => Uses, memory: Gaps) {
  const own = of(source)
  own.readers -= 1
  if (own.readers > 0 || own.views > 0) return
  const owner = source.viewOf ?? source
  const place = of(owner)
  if (source.viewOf) place.views -= 1
  if (place.readers > 0 || place.views > 0 || place.offset === null) return
  memory.give(place.offset, owner.bytes)
  place.offset = null
}

const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment

type Gaps = { take(bytes: number): number; give(offset: number, bytes: number): void; highest(): number }

/** Free memory as gaps by offset; the last one has no end. */
function createGaps(): Gaps {
  let gaps = [{ offset: 0, bytes: Infinity }]
  let highest = 0
  return {
    take(wanted) {
      const bytes = aligned(wanted)
      const inner = gaps.slice(0, -1).filter(gap => gap.bytes >= bytes)
      const smallest = inner.reduce<(typeof gaps)[number] | undefined>(
        (best, gap) => (best && best.bytes < gap.bytes ? best : gap),
        undefined,
      )
      const chosen = smallest ?? gaps.at(-1)
      if (!chosen) return highest
      const { offset } = chosen
      gaps = gaps.map(gap => (gap === chosen ? { offset: offset + bytes, bytes: gap.bytes - bytes } : gap)).filter(gap => gap.bytes > 0)
      highest = Math.max(highest, offset + bytes)
      return offset
    },
    give(offset, freed) {
      const all = [...gaps, { offset, bytes: aligned(freed) }].sort((a, b) => a.offset - b.offset)
      gaps = []
      for (const gap of all) {
        const before = gaps.at(-1)
        if (before && before.offset + before.bytes === gap.offset) before.bytes += gap.bytes
        else gaps.push({ ...gap })
      }
    },
    highest: () => highest,
  }
}
