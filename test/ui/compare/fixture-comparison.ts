import type { Comparison, Generation, Turn } from '../../../electron/contract/compare'
import { newPane } from '../../../renderer/features/compare/panes'
import type { Target } from '../../../renderer/features/compare/targets'
import { makeInstance } from '../fixture-run'
import type { Instance } from '../../../electron/contract/instance'

/** Made-up comparisons in the shape of the contract. */
const at = '2026-01-15T11:31:00.000Z'
export const noStats = { ttftMs: null, tokensPerSecond: null, promptTokens: null, outputTokens: null, totalMs: null, finish: null }

export function makeGeneration(over: Partial<Generation> = {}): Generation {
  return {
    id: 'generation-1',
    paneId: 'pane-1',
    route: 'some/model:Q8_0',
    instanceId: 'llama-cpp-1',
    runtimeTitle: 'llama.cpp',
    modelTitle: 'Some model',
    state: 'streaming',
    text: '',
    reasoning: '',
    stats: noStats,
    error: null,
    startedAt: at,
    ...over,
  }
}

export function makeTurn(over: Partial<Turn> = {}): Turn {
  return { id: 'turn-1', prompt: 'Hello', createdAt: at, mode: 'at-once', generations: [makeGeneration()], ...over }
}

export function makeComparison(over: Partial<Comparison> = {}): Comparison {
  const panes = [{ ...newPane('some/model:Q8_0'), id: 'pane-1' }]
  return { id: 'comparison-1', title: 'Hello', createdAt: at, updatedAt: at, panes, turns: [makeTurn()], ...over }
}

export function makeTarget(instance: Partial<Instance>, devices: string[] = ['RTX 4090']): Target {
  const whole = makeInstance(instance)
  return { route: whole.route, instance: whole, devices, ready: true }
}
