import type { ComparisonDelta, ComparisonEvent, Generation, Turn } from '../../contract/compare'
import type { GenerationRun } from './generation-run'

/** All answers that are being written. */
export type GenerationRuns = {
  of(comparisonId: string): GenerationRun[]
  /** Tells the windows what the answers of one comparison have grown by, now. */
  flush(comparisonId: string): void
  /** As it is now; undefined when it is not being written. */
  current(generationId: string): Generation | undefined
  /** Takes the runs of one turn over and carries them out. */
  begin(runs: readonly GenerationRun[], mode: Turn['mode']): void
  count(): number
  /** Ends all as `interrupted`. */
  close(): Promise<void>
}

/** New text is told as one change at most so often. */
const flushEveryMs = 50

export type GenerationRunsDependencies = {
  report(error: unknown): void
  publish(comparisonId: string, event: ComparisonEvent): void
}

export function createGenerationRuns({ report, publish }: GenerationRunsDependencies): GenerationRuns {
  const runs = new Map<string, GenerationRun>()
  const tasks = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | undefined

  const of = (comparisonId: string) => [...runs.values()].filter(run => run.comparisonId === comparisonId)

  function flush(comparisonId: string) {
    const deltas = of(comparisonId).flatMap<ComparisonDelta>(run => run.flush() ?? [])
    if (deltas.length > 0) publish(comparisonId, { type: 'deltas', deltas })
  }

  function flushSoon() {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const id of new Set([...runs.values()].map(run => run.comparisonId))) flush(id)
      if (runs.size > 0) flushSoon()
    }, flushEveryMs)
  }

  async function carryOut(run: GenerationRun) {
    try {
      await run.start()
    } catch (error) {
      report(error)
    } finally {
      runs.delete(run.current().id)
    }
  }

  async function carryOutAll(started: readonly GenerationRun[], mode: Turn['mode']) {
    if (mode === 'at-once') await Promise.all(started.map(carryOut))
    else for (const run of started) await carryOut(run)
  }

  return {
    of,
    flush,
    current: generationId => runs.get(generationId)?.current(),
    begin(started, mode) {
      for (const run of started) runs.set(run.current().id, run)
      flushSoon()
      const task = carryOutAll(started, mode).finally(() => tasks.delete(task))
      tasks.add(task)
    },
    count: () => runs.size,
    async close() {
      for (const run of runs.values()) run.stop('interrupted')
      await Promise.all(tasks)
      clearTimeout(timer)
    },
  }
}
