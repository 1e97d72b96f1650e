import type { Need } from '../../contract/need'
import type { Runtime } from '../runtimes/runtime'
import type { KvQuantisation } from './kv-cache'
import { cutCost } from './worth'

/** A context and the cache for it. `cost`: what it is worth less than the usual context with the usual cache. */
export type Trial = { contextTokens: number; kvQuantisation: KvQuantisation; cost: number }

/** What a cache in 8 bits costs that nobody asked for: next to nothing is lost by it. */
const smallerCacheCost = 0.5

/** Below it the cache is small beside the weights. */
const longEnough = 16_384

/**
 * What is tried for a model, the dearest last: a shorter context where none was asked for, and for each one that is long
 * enough a cache in 8 bits, where the engine lets it be chosen.
 */
export function trialsOf(need: Need, runtime: Runtime, usual: number): Trial[] {
  const wanted = kvFor(need, runtime)
  const shorter = [usual / 2, usual / 4, 4096, 2048].map(Math.floor).filter(each => each < usual)
  const contexts = need.contextTokens === null ? [usual, ...shorter] : [usual]
  const smaller = wanted === 'f16' && runtime.facts.traits.includes('flag-control')
  return contexts.flatMap<Trial>(contextTokens => {
    const cost = cutCost(need, usual, contextTokens)
    const kinds: Trial[] = [{ contextTokens, kvQuantisation: wanted, cost }]
    if (smaller && contextTokens >= longEnough) kinds.push({ contextTokens, kvQuantisation: 'q8_0', cost: cost + smallerCacheCost })
    return kinds
  })
}

/** A quantised cache where it is asked for, or where a long context makes it worth its small cost. */
function kvFor(need: Need, { facts }: Runtime): KvQuantisation {
  const can = facts.fulfils['kv-quant'] !== undefined
  return can && (need.must.includes('kv-quant') || (need.contextTokens ?? 0) > 65_536) ? 'q8_0' : 'f16'
}
