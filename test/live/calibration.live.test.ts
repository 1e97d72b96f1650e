import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { detect } from '../../electron/core/hardware/detect'
import { createBackground } from '../../electron/core/lib/background'
import { readModel } from '../../electron/core/models/read-model'
import { calibrationFrom } from '../../electron/core/recommend/calibration'
import { describePlacement } from '../../electron/core/recommend/memory'
import { sizeOfFile, type ModelSize } from '../../electron/core/recommend/model-size'
import { place } from '../../electron/core/recommend/placement'
import { decodeRate } from '../../electron/core/recommend/speed-model'
import { hugePagesEnvironment, wantsHugePages } from '../../electron/core/runtimes/common-huge-pages'
import { runtimes } from '../../electron/core/runtimes/registry'
import { startEngine, type RunningEngine } from '../integration/engine/running-engine'

const runtime = runtimes.find(each => each.id === 'llama.cpp')
const rounds = 25
const [fewTokens, manyTokens] = [8, 136]
/** Of `/proc/PID/stat`: USER_HZ, 100 on every Linux that we run on (man 5 proc). */
const msPerTick = 10

/** Time that a process had on the processor, milliseconds: with one thread that is what a run takes on an idle machine. */
function processorMs(pid: number | undefined): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) * msPerTick
}

async function answerMs(engine: RunningEngine, tokens: number): Promise<number> {
  const began = processorMs(engine.child.pid)
  const prompt = 'Once upon a time there was'
  const answer = await engine.json('/v1/completions', { prompt, max_tokens: tokens, temperature: 0, ignore_eos: true })
  const written = (answer['usage'] as unknown as { completion_tokens: number }).completion_tokens
  if (written !== tokens) throw new Error(`${written} tokens came of ${tokens}`)
  return processorMs(engine.child.pid) - began
}

/** What more tokens take beyond a few: prompt and HTTP fall out. */
async function rateOf(engine: RunningEngine): Promise<number> {
  const few = await answerMs(engine, fewTokens)
  return ((manyTokens - fewTokens) * 1000) / ((await answerMs(engine, manyTokens)) - few)
}

const median = (rates: readonly number[]) => [...rates].sort((a, b) => b - a)[Math.floor(rates.length / 2)] ?? 0

/**
 * Needs two models: ROUNDHOUSE_LIVE=1, ROUNDHOUSE_CACHE with what memory.live.test.ts fetched, and the path of this file. The
 * built engine runs both as the app starts them, one answer of each in turn, so that a busy machine slows them alike; time on
 * the processor counts.
 */
test.runIf(process.env['ROUNDHOUSE_LIVE'])('a run of one model predicts another one', { timeout: 900_000 }, async () => {
  if (!runtime) throw new Error('the registry lacks the engine')
  const folder = process.env['ROUNDHOUSE_CACHE'] ?? ''
  const paths = ['b179c9523d0e.gguf', 'a5fd3b62230a.gguf'].map(name => join(folder, name))
  const background = createBackground(join(import.meta.dirname, '..', '..', 'dist', 'host', 'worker.js'))
  // The best of several, as the app keeps it over its sessions.
  const detected = [await detect({ background }), await detect({ background }), await detect({ background }), await detect({ background })]
  const machine = detected.reduce((best, each) => ((each.memory.bandwidthGBps ?? 0) > (best.memory.bandwidthGBps ?? 0) ? each : best))
  const sizes = paths.map(path => sizeOfFile(readModel({ path }), null))
  const engine = runtime.facts.memory
  const asked = (model: ModelSize) => ({
    ...{ machine, model, engine, backend: 'cpu', contextTokens: 512 },
    slots: 1,
    kvQuantisation: 'f16' as const,
  })
  const placed = (model: ModelSize) => place(asked(model))
  const estimate = (model: ModelSize) =>
    decodeRate({ ...{ machine, placement: placed(model), model, backend: 'cpu', speedFactor: 1, threads: 1 }, depthTokens: 64 })
      .tokensPerSecond ?? 0
  const large = sizes.every(size => wantsHugePages(machine, describePlacement(asked(size), placed(size))))
  const engines = await Promise.all(
    paths.map(modelPath => startEngine({ modelPath, contextTokens: 512, threads: 1, hugePages: large }, large ? hugePagesEnvironment : {})),
  )
  const rates: number[][] = [[], []]
  try {
    for (const each of engines) await each.ready()
    for (let round = 0; round < rounds; round++) {
      for (const [index, each] of engines.entries()) rates[index]?.push(await rateOf(each))
    }
  } finally {
    await Promise.all(engines.map(each => each.stop()))
  }
  const errors = [0, 1].map(known => {
    const [size, wanted] = [sizes[known], sizes[1 - known]]
    if (!size || !wanted) throw new Error('two models are needed')
    const run = { runtime, size, tokensPerSecond: median(rates[known] ?? []), contextTokens: 512, threads: 1 }
    const factor = calibrationFrom([run], { machine, runtime, backend: 'cpu', bytes: wanted.weightsBytes }) ?? 1
    const measured = median(rates[1 - known] ?? [])
    const said = estimate(wanted) * factor
    console.log(
      `${known === 0 ? 'first -> second' : 'second -> first'}: ${machine.memory.bandwidthGBps} GB/s, large pages ${String(large)}, factor ${factor.toFixed(3)}, said ${said.toFixed(1)}, measured ${measured.toFixed(1)} tok/s, off by ${((said / measured - 1) * 100).toFixed(1)} %`,
    )
    return Math.abs(said / measured - 1)
  })
  for (const error of errors) expect(error).toBeLessThan(0.05)
})
