import { randomUUID } from 'node:crypto'
import type { Comparison, ComparisonEvent, Generation, Pane, Turn } from '../../contract/compare'
import { Failure } from '../../contract/failure'
import type { Clock } from '../lib/clock'
import type { ComparisonRecords } from '../store/comparisons'
import { chatBody, messagesFor, withUsageAlong } from './chat-request'
import type { Comparisons, ComparisonsDependencies } from './evaluation.types'
import { createGenerationRun, type GenerationRun } from './generation-run'
import type { GenerationRuns } from './generation-runs'
import { noStats } from './meter'

type AskingDependencies = ComparisonsDependencies & {
  clock: Clock
  report: (error: unknown) => void
  records: ComparisonRecords
  runs: GenerationRuns
  get(id: string): Comparison
  rename(id: string, title: string): void
  publish(id: string, event: ComparisonEvent): void
}
type PaneWithRoute = Pane & { route: string }

const titleCharacters = 60

/** Puts prompts to panes: makes the turn and its generations, stores and tells them, and lets them run. */
export function createAsking(dependencies: AskingDependencies): Pick<Comparisons, 'run' | 'regenerate'> {
  const { clock, records, runs, get, publish, describe, report } = dependencies

  function save(generation: Generation) {
    try {
      records.updateGeneration(generation)
    } catch (error) {
      report(error)
    }
  }

  /** `comparison.turns` are the ones before `turn`. */
  function prepare(comparison: Comparison, turn: Pick<Turn, 'id' | 'prompt'>, pane: PaneWithRoute): GenerationRun {
    const described = describe(pane.route)
    const generation: Generation = {
      id: randomUUID(),
      paneId: pane.id,
      route: pane.route,
      instanceId: described?.instanceId ?? null,
      runtimeTitle: described?.runtimeTitle ?? null,
      modelTitle: described?.modelTitle ?? null,
      state: 'waiting',
      text: '',
      reasoning: '',
      stats: noStats,
      error: null,
      startedAt: clock.wall(),
    }
    const messages = messagesFor(pane, comparison.turns, { prompt: turn.prompt, engineTest: described?.engineTest ?? false })
    const body = chatBody(pane.route, pane.sampling, messages)
    return createGenerationRun(
      { ...dependencies, save, publish: event => publish(comparison.id, event) },
      { comparisonId: comparison.id, turnId: turn.id, generation, body: described?.startedHere ? withUsageAlong(body) : body },
    )
  }

  return {
    run({ id, prompt, mode }) {
      const comparison = get(id)
      if (runs.of(id).length > 0) throw new Failure('busy', 'An answer is still being written. Wait for it or stop it.')
      const panes = comparison.panes.filter(hasRoute)
      if (panes.length === 0) throw new Failure('bad-input', 'No pane has a model. Choose one first.')
      const head = { id: randomUUID(), prompt, createdAt: clock.wall(), mode }
      const started = panes.map(pane => prepare(comparison, head, pane))
      const turn = { ...head, generations: started.map(run => run.current()) }
      records.addTurn(id, turn)
      publish(id, { type: 'turn', turn })
      if (comparison.title === '') dependencies.rename(id, titleOf(prompt))
      runs.begin(started, mode)
      return { turnId: turn.id }
    },
    regenerate({ id, paneId }) {
      const comparison = get(id)
      const turn = comparison.turns.at(-1)
      const pane = comparison.panes.filter(hasRoute).find(each => each.id === paneId)
      if (!turn || !pane) throw new Failure('not-found', 'There is nothing that this pane could be asked again.')
      if (runs.of(id).some(run => run.current().paneId === paneId)) throw new Failure('busy', 'This pane is still answering.')
      const run = prepare({ ...comparison, turns: comparison.turns.slice(0, -1) }, turn, pane)
      records.replaceGeneration(turn.id, run.current())
      const changed = get(id).turns.find(each => each.id === turn.id)
      if (changed) publish(id, { type: 'turn', turn: changed })
      runs.begin([run], 'at-once')
    },
  }
}

function hasRoute(pane: Pane): pane is PaneWithRoute {
  return pane.route !== null
}

/** The first line of the first prompt, shortened. */
function titleOf(prompt: string): string {
  const line = prompt.trim().split('\n', 1)[0] ?? ''
  if (line === '') return 'Untitled'
  return line.length > titleCharacters ? `${line.slice(0, titleCharacters - 1).trimEnd()}…` : line
}
