import { randomUUID } from 'node:crypto'
import type { Comparison } from '../../contract/compare'
import { Failure } from '../../contract/failure'
import { systemClock } from '../lib/clock'
import { createComparisonRecords } from '../store/comparisons'
import { createAsking } from './asking'
import { createComparisonWatchers } from './comparison-watchers'
import type { Comparisons, ComparisonsDependencies } from './evaluation.types'
import { createGenerationRuns } from './generation-runs'

/**
 * Side-by-side conversations: stored, streamed through the gateway, watched by any number of windows. A generation belongs to the host, so a
 * window may reload or close in the middle of it.
 * @throws Failure `not-found`, `busy` (an answer is still being written) and `bad-input` (no pane has a model) from its functions.
 */
export function createComparisons(dependencies: ComparisonsDependencies): Comparisons {
  const { clock = systemClock, report = () => undefined } = dependencies
  const records = createComparisonRecords(dependencies.store)
  const runs = createGenerationRuns({ report, publish: (id, event) => watchers.publish(id, event) })
  const watchers = createComparisonWatchers(id => {
    runs.flush(id)
    return { type: 'snapshot', comparison: get(id) }
  })

  function get(id: string): Comparison {
    const stored = records.get(id)
    if (!stored) throw new Failure('not-found', `There is no comparison ${id}.`)
    const turns = stored.turns.map(turn => ({ ...turn, generations: turn.generations.map(each => runs.current(each.id) ?? each) }))
    return { ...stored, turns }
  }

  function rename(id: string, title: string) {
    get(id)
    records.rename(id, title, clock.wall())
    watchers.publish(id, { type: 'title', title })
  }

  return {
    list: records.list,
    get,
    rename,
    ...createAsking({ ...dependencies, clock, report, records, runs, get, rename, publish: watchers.publish }),
    create({ panes }) {
      const at = clock.wall()
      const comparison = { id: randomUUID(), title: '', createdAt: at, updatedAt: at, panes: [...panes] }
      records.create(comparison)
      return { ...comparison, turns: [] }
    },
    watch(id, signal) {
      get(id)
      return watchers.watch(id, signal)
    },
    setPanes(id, panes) {
      get(id)
      records.setPanes(id, panes, clock.wall())
      watchers.publish(id, { type: 'panes', panes: [...panes] })
    },
    remove(id) {
      get(id)
      for (const run of runs.of(id)) run.stop()
      records.remove(id)
      watchers.end(id)
    },
    stop({ id, generationId }) {
      for (const run of runs.of(id)) if (generationId === null || run.current().id === generationId) run.stop()
    },
    running: runs.count,
    async close() {
      await runs.close()
      watchers.endAll()
    },
  }
}
