import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import {
  samplingSchema,
  type Comparison,
  type ComparisonDelta,
  type ComparisonEvent,
  type Generation,
  type Pane,
} from '../../../electron/contract/compare'
import { createComparisons } from '../../../electron/core/evaluation/comparisons'
import type { Comparisons } from '../../../electron/core/evaluation/evaluation.types'
import { openStore } from '../../../electron/core/store/open-store'
import type { Store } from '../../../electron/core/store/store.types'
import { startUpstream, type Script, type SeenRequest, type TestUpstream } from '../../fixtures/upstream'
import { key, ready, startGateway, type TestGateway } from '../gateway/setup'

export const pane = (id: string, route: string | null = 'org/name'): Pane => ({ id, route, sampling: samplingSchema.parse({ seed: 1 }) })

export type Bench = {
  comparisons: Comparisons
  upstream: TestUpstream
  started: TestGateway
  store(): Store
  /** Ends the host's part without a farewell, as `kill -9` does, and starts it again on the same folder. */
  crash(): Comparisons
  close(): Promise<void>
}

/** Comparisons over a real store, a real gateway and a scripted runtime behind it. */
export async function startBench(script: Script | ((request: SeenRequest) => Script)): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-compare-'))
  const upstream = await startUpstream(script)
  const started = await startGateway({ 'org/name': ready(upstream.address), 'slow/model': { kind: 'not-ready', retryAfterSeconds: 2 } })
  const dispatcher = new Agent()
  let store = openStore(folder)
  const make = () =>
    createComparisons({
      store,
      gatewayAddress: () => started.gateway.status().address,
      key: () => key,
      describe: route => ({
        instanceId: 'described',
        runtimeTitle: 'llama.cpp',
        modelTitle: `Model of ${route}`,
        engineTest: false,
        startedHere: true,
      }),
      dispatcher,
    })
  const comparisons = make()
  const made = [comparisons]
  return {
    comparisons,
    upstream,
    started,
    store: () => store,
    crash() {
      store.close()
      store = openStore(folder)
      const again = make()
      made.push(again)
      return again
    },
    async close() {
      await Promise.all(made.map(each => each.close()))
      await dispatcher.destroy()
      await started.close()
      await upstream.close()
      store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function grow(generation: Generation, delta: ComparisonDelta): Generation {
  if (generation.text.length !== delta.offset) throw new Error(`A gap: ${generation.text.length} of ${delta.offset}`)
  return { ...generation, text: generation.text + delta.text, reasoning: generation.reasoning + delta.reasoning, stats: delta.stats }
}

/** What a window makes of the events, by the rules that the contract gives; throws when a delta does not fit. */
export function applyEvent(comparison: Comparison | null, event: ComparisonEvent): Comparison {
  if (event.type === 'snapshot') return structuredClone(event.comparison)
  if (!comparison) throw new Error('The first event must be a snapshot')
  if (event.type === 'title') return { ...comparison, title: event.title }
  if (event.type === 'panes') return { ...comparison, panes: event.panes }
  if (event.type === 'turn') {
    const known = comparison.turns.some(turn => turn.id === event.turn.id)
    const turns = known ? comparison.turns.map(turn => (turn.id === event.turn.id ? event.turn : turn)) : [...comparison.turns, event.turn]
    return { ...comparison, turns: structuredClone(turns) }
  }
  const change = (generation: Generation): Generation => {
    if (event.type === 'generation') return generation.id === event.generation.id ? event.generation : generation
    return event.deltas.filter(each => each.generationId === generation.id).reduce(grow, generation)
  }
  return { ...comparison, turns: comparison.turns.map(turn => ({ ...turn, generations: turn.generations.map(change) })) }
}

const over = (state: Generation['state']) => state !== 'waiting' && state !== 'streaming'

/** Watches until every answer of the last turn is over, and returns what the window shows then, and how many events it took. */
export async function watchToEnd(comparisons: Comparisons, id: string): Promise<{ shown: Comparison; events: ComparisonEvent[] }> {
  let shown: Comparison | null = null
  const events: ComparisonEvent[] = []
  for await (const event of comparisons.watch(id)) {
    events.push(event)
    shown = applyEvent(shown, event)
    if (shown.turns.at(-1)?.generations.every(each => over(each.state))) return { shown, events }
  }
  throw new Error('The watch ended before the answers')
}

export const answers = (comparison: Comparison) => comparison.turns.map(turn => turn.generations.map(each => each.text))
