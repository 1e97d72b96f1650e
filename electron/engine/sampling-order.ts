import type { LlamaContext } from 'node-llama-cpp'

type Sample = (...input: readonly unknown[]) => Promise<unknown>

/**
 * Lets the sequences of one batch choose their next token one after another.
 *
 * node-llama-cpp 3.21.1 samples all sequences of a batch at once on a thread pool (dispatchPendingBatch in LlamaContext.js),
 * but llama.cpp puts the rows of logits into their order when the first of them is read (output_reorder in
 * src/llama-context.cpp), which is not safe from several threads: a sequence then continues with a token of its neighbour.
 * The canary showed it on a quiet machine: of 432 answers, four at once, 14 to 41 were wrong; in line, none. Nothing public orders this, so the
 * call into the addon is put in line here; choosing a token takes microseconds, decoding goes on in batches.
 * @throws Error when the package has changed so that this no longer holds.
 */
export function sampleInOrder(context: LlamaContext) {
  const addon: unknown = Reflect.get(context, '_ctx')
  const sample: unknown = typeof addon === 'object' && addon !== null ? Reflect.get(addon, 'sampleToken') : null
  if (typeof addon !== 'object' || addon === null || !isSample(sample)) {
    throw new Error('this version of node-llama-cpp samples in another way than the engine knows')
  }
  let last: Promise<unknown> = Promise.resolve()
  const inOrder: Sample = (...input) => {
    const result = last.then(() => sample.apply(addon, [...input]))
    last = result.catch(() => undefined)
    return result
  }
  // The addon's method cannot be assigned to, only covered by one of the object's own.
  Object.defineProperty(addon, 'sampleToken', { value: inOrder })
}

const isSample = (value: unknown): value is Sample => typeof value === 'function'
