import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { reportOf } from '../contract/failure'
import type { LibraryModel } from '../contract/model'
import type { Build } from '../contract/runtime'
import type { Clock } from './lib/clock'
import type { SimulationResult } from './recommend/simulated-memory'
import type { Runtime } from './runtimes/runtime'
import type { SimulationInput } from './runtimes/common-simulation'
import type { Collection } from './store/store.types'
import type { BriefRun, BriefRunOptions } from './supervisor/brief-run'
import type { LaunchableProcess } from './supervisor/launcher'

/** What an engine said once of a file with some settings; the key names file, build and settings. */
export const simulationRowSchema = z.object({
  by: z.string(),
  at: z.string(),
  ms: z.number(),
  rows: z.array(
    z.object({
      device: z.string(),
      host: z.boolean(),
      weightsMiB: z.number(),
      contextMiB: z.number().nullable(),
      computeMiB: z.number(),
    }),
  ),
})
export type SimulationRow = z.infer<typeof simulationRowSchema>

export type SimulationsDeps = {
  kept: Collection<SimulationRow>
  clock: Clock
  run(process: LaunchableProcess, options: BriefRunOptions): Promise<BriefRun>
}

export type Asked = { runtime: Runtime; build: Build; model: LibraryModel; draft?: LibraryModel | null } & Omit<
  SimulationInput,
  'build' | 'model'
>

/** Reading a header takes well under a second; a file on a slow disk or a busy machine gets this long. */
const timeoutMs = 20_000

/** Asks engines what a start would take, one at a time, and keeps what they said for as long as the file is the same. */
export function createSimulations({ kept, clock, run }: SimulationsDeps) {
  const running = new Map<string, Promise<SimulationResult>>()
  const failed = new Map<string, SimulationResult>()
  let last: Promise<unknown> = Promise.resolve()

  /** Why it is not asked at all; null when it may be. */
  const whyNot = ({ runtime, build, model, draft }: Asked): string | null => {
    if (!runtime.simulation) return `${runtime.title} cannot reckon without loading.`
    if (build.origin === 'running') return 'A server that runs already is not asked.'
    if (draft) return 'It is not asked for two models at once.'
    if (runtime.launch?.takesProjector?.(build) && model.projector?.path)
      return 'What reads images is loaded beside it and is not reckoned by the engine.'
    if (model.facts?.format !== 'gguf') return 'Only GGUF files are reckoned by the engine.'
    return null
  }

  async function ask(asked: Asked, key: string): Promise<SimulationResult> {
    const { runtime, build } = asked
    const { simulation } = runtime
    if (!simulation) return { why: `${runtime.title} cannot reckon without loading.` }
    try {
      const { process, enough } = simulation.plan(asked)
      const options = { runId: randomUUID(), enough, timeoutMs, now: clock.monotonicMs }
      const { lines, ended, ms } = await run(process, options)
      const rows = simulation.read(lines)
      if (rows) {
        const by = simulation.by(build)
        kept.set(key, { by, at: clock.wall(), ms, rows: [...rows] })
        return { by, rows }
      }
      if (ended === 'timed-out') return { why: `${simulation.by(build)} had not reckoned it after ${timeoutMs / 1000} s.` }
      return { why: `${simulation.by(build)} did not reckon it${lastWords(lines)}` }
    } catch (error) {
      return { why: reportOf(error).message }
    }
  }

  function begin(asked: Asked, key: string): Promise<SimulationResult> {
    const known = running.get(key)
    if (known) return known
    const began = last.then(() => ask(asked, key))
    last = began
    running.set(key, began)
    void began.then(result => {
      running.delete(key)
      if ('why' in result) failed.set(key, result)
    })
    return began
  }

  const known = (key: string): SimulationResult | null => kept.get(key) ?? failed.get(key) ?? null

  return {
    /**
     * What the engine says, waiting at most `withinMs`; afterwards it goes on for the next time. Never rejects. `null`: the
     * answer is not there yet.
     */
    async of(asked: Asked, withinMs: number): Promise<SimulationResult | null> {
      const why = whyNot(asked)
      if (why !== null) return { why }
      const key = await keyOf(asked)
      return known(key) ?? (await Promise.race([begin(asked, key), sleep(withinMs, null, { ref: false })]))
    },
  }
}
export type Simulations = ReturnType<typeof createSimulations>

/** The file as it is now: by its hash, else by size and time of change. */
async function keyOf({ build, model, contextTokens, slots, kvQuantisation, gpuLayers, layers, settings, flags }: Asked): Promise<string> {
  const facts = model.sha256 === null ? await stat(model.path).catch(() => null) : null
  const file = model.sha256 ?? `${model.path} ${facts?.size ?? 0} ${facts?.mtimeMs ?? 0}`
  return [build.id, file, contextTokens, slots, kvQuantisation, Math.min(gpuLayers, layers), JSON.stringify([settings, flags])].join('|')
}

function lastWords(lines: readonly string[]): string {
  const line = lines.findLast(each => /error|fail/i.test(each)) ?? lines.at(-1)
  return line === undefined ? ' and said nothing.' : `: ${line.slice(0, 200)}`
}
