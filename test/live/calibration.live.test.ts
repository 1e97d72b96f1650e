import { getLlama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readModel } from '../../electron/core/models/read-model'
import { calibrationFrom } from '../../electron/core/recommend/calibration'
import { sizeOfFile, type ModelSize } from '../../electron/core/recommend/model-size'
import { place } from '../../electron/core/recommend/placement'
import { decodeRate } from '../../electron/core/recommend/speed-model'
import { runtimes } from '../../electron/core/runtimes/registry'
import { detect } from '../../electron/core/hardware/detect'
import { createBackground } from '../../electron/core/lib/background'

const runtime = runtimes.find(each => each.id === 'llama.cpp')
const written = 40

async function rateOf(model: LlamaModel): Promise<number> {
  const context = await model.createContext({ contextSize: 512, batchSize: 512, threads: 1 })
  try {
    const sequence = context.getSequence()
    let began = 0
    let count = 0
    for await (const _ of sequence.evaluate(model.tokenize('Once upon a time there was'), { temperature: 0.8, yieldEogToken: true })) {
      if (count === 4) began = processorMs()
      if (count === 4 + written) break
      count++
    }
    return (written * 1000) / (processorMs() - began)
  } finally {
    await context.dispose()
  }
}

/** Time this process had on the processor: with one thread that is what a run takes on an idle machine. */
const processorMs = () => process.cpuUsage().user / 1000

/** The quick fifth: what else runs only ever slows a round down. */
const undisturbed = (rates: readonly number[]) => [...rates].sort((a, b) => b - a)[Math.floor(rates.length / 5)] ?? 0

/**
 * Needs two models: ROUNDHOUSE_LIVE=1, ROUNDHOUSE_CACHE with what memory.live.test.ts fetched, and the path of this file. Both
 * are measured in turn, so that a busy machine slows them alike; a quick round counts, in time on the processor.
 */
test.runIf(process.env['ROUNDHOUSE_LIVE'])('a run of one model predicts another one', { timeout: 900_000 }, async () => {
  if (!runtime) throw new Error('the registry lacks the engine')
  const folder = process.env['ROUNDHOUSE_CACHE'] ?? ''
  const paths = ['b179c9523d0e.gguf', 'a5fd3b62230a.gguf'].map(name => join(folder, name))
  const machine = await detect({ background: createBackground(join(import.meta.dirname, '..', '..', 'dist', 'host', 'worker.js')) })
  const llama = await getLlama({ build: 'never', gpu: false, maxThreads: 1, logLevel: LlamaLogLevel.error })
  const sizes = paths.map(path => sizeOfFile(readModel({ path }), null))
  const models = await Promise.all(paths.map(modelPath => llama.loadModel({ modelPath })))
  const estimate = (model: ModelSize) => {
    const engine = runtime.facts.memory
    const placement = place({ machine, model, backend: 'cpu', engine, contextTokens: 512, slots: 1, kvQuantisation: 'f16' })
    return decodeRate({ machine, placement, model, backend: 'cpu', speedFactor: 1, threads: 1, depthTokens: 64 }).tokensPerSecond ?? 0
  }
  const rates: number[][] = [[], []]
  for (let round = 0; round < 15; round++) for (const [index, model] of models.entries()) rates[index]?.push(await rateOf(model))
  await llama.dispose()
  const errors = [0, 1].map(known => {
    const other = 1 - known
    const [size, wanted] = [sizes[known], sizes[other]]
    if (!size || !wanted) throw new Error('two models are needed')
    const run = { runtime, size, tokensPerSecond: undisturbed(rates[known] ?? []), contextTokens: 512, threads: 1 }
    const factor = calibrationFrom([run], { machine, runtime, backend: 'cpu', bytes: wanted.weightsBytes }) ?? 1
    const measured = undisturbed(rates[other] ?? [])
    const said = estimate(wanted) * factor
    console.log(
      `${known === 0 ? 'first -> second' : 'second -> first'}: factor ${factor.toFixed(3)}, said ${said.toFixed(1)}, measured ${measured.toFixed(1)} tok/s, off by ${((said / measured - 1) * 100).toFixed(1)} %`,
    )
    return Math.abs(said / measured - 1)
  })
  for (const error of errors) expect(error).toBeLessThan(0.05)
})
