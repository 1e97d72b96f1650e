import type { Need } from '../../contract/need'
import type { Runtime } from '../runtimes/runtime'
import type { KvQuantisation } from './kv-cache'
import { cutCost } from './worth'

/**
 * A context and the cache for it. `shared`: room for a quarter of the conversations at full length, of an engine of slots for one. `cost`: what it is worth
 * less than the usual context with the usual cache.
 */
export type Trial = { contextTokens: number; kvQuantisation: KvQuantisation; shared: boolean; cost: number }

type TrialsInput = { need: Need; runtime: Runtime; lacks: readonly Need['must'][number][] }

/** What a cache in 8 bits costs that nobody asked for: next to nothing is lost by it. */
const smallerCacheCost = 0.5

/** Below it the cache is small beside the weights. */
const longEnough = 16_384

/** What it costs that a batching server lets conversations wait when many are long at once. */
const sharedCost = 6

/** What it costs that an engine of slots answers one after the other: less than the gap between a weak and a good model. */
const inTurnCost = 14

/** Paged caches are shared: this part of the conversations is at full length at any moment. */
const fullShare = 1 / 4

/**
 * What is tried for a model, the dearest last: a shorter context where none was asked for; a cache in 8 bits where the engine
 * lets it be chosen and the context is long; for engines that reserve a pool of pages, one that does not hold everybody at full length;
 * and where several slots would not fit, a single one.
 */
export function trialsOf(input: TrialsInput, usual: number): Trial[] {
  const { need, runtime } = input
  const kvQuantisation = kvFor(input)
  const cuts = need.contextTokens === null ? [usual, usual / 2, usual / 4, 4096, 2048] : [usual]
  const contexts = [...new Set(cuts.map(Math.floor).filter(each => each <= usual))]
  const plain = contexts.map(contextTokens => ({
    ...{ contextTokens, kvQuantisation, shared: false },
    cost: cutCost(need, usual, contextTokens),
  }))
  const halves = kvQuantisation === 'f16' && canHalve(input)
  const smaller = halves && runtime.facts.traits.includes('flag-control') ? plain.filter(each => each.contextTokens >= longEnough) : []
  const pooled = runtime.facts.memory.reservedShare !== null && need.users > 1 ? plain.map(asShared) : []
  const inTurn = slotsFor(runtime, need.users, false).slots > slotsFor(runtime, need.users, true).slots ? plain.map(asInTurn) : []
  const all = [...plain, ...smaller.map(asHalf), ...pooled, ...(halves ? pooled.map(asHalf) : []), ...inTurn]
  return all.sort((a, b) => a.cost - b.cost)
}

const asHalf = (trial: Trial): Trial => ({ ...trial, kvQuantisation: 'q8_0', cost: trial.cost + smallerCacheCost })
const asShared = (trial: Trial): Trial => ({ ...trial, shared: true, cost: trial.cost + sharedCost })
const asInTurn = (trial: Trial): Trial => ({ ...trial, shared: true, cost: trial.cost + inTurnCost })

const canHalve = ({ runtime, lacks }: TrialsInput) => runtime.facts.fulfils['kv-quant'] !== undefined && !lacks.includes('kv-quant')

/** A quantised cache where it is asked for, or where a long context makes it worth its small cost. */
function kvFor(input: TrialsInput): KvQuantisation {
  const { must, contextTokens } = input.need
  return canHalve(input) && (must.includes('kv-quant') || (contextTokens ?? 0) > 65_536) ? 'q8_0' : 'f16'
}

/** Sequences that a batching server is given at most: the usual default of vLLM (`--max-num-seqs`); what is more waits in its queue. */
const mostSequences = 256

/**
 * What is given back of the cost of a single slot once an engine has no better plan: other engines are compared by what waiting in
 * turn is worth, and some of them never do otherwise.
 */
export const givenBack = (runtime: Runtime, { users }: Need, slots: number): number =>
  slots < slotsFor(runtime, users, false).slots ? inTurnCost - sharedCost : 0

/** How many sequences an engine would be given, and how many full contexts have to fit at once. */
export function slotsFor(runtime: Runtime, users: number, shared: boolean): { slots: number; sequences: number } {
  const { kind, comfortableUsers } = runtime.facts.concurrency
  const ofSlots = shared ? 1 : Math.min(users, comfortableUsers)
  if (kind !== 'batched') return { slots: ofSlots, sequences: ofSlots }
  // Beyond 16 users a part of the rest only is taken to be at full length.
  const slots = Math.min(users, mostSequences)
  if (shared) return { slots, sequences: Math.ceil(slots * fullShare) }
  return { slots, sequences: Math.ceil(slots <= 16 ? slots : 16 + (slots - 16) * fullShare) }
}
