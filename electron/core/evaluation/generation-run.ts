import type { Dispatcher } from 'undici'
import type { ComparisonDelta, ComparisonEvent, Generation } from '../../contract/compare'
import type { Clock } from '../lib/clock'
import { ask } from './ask'
import { noStats } from './meter'

/** One answer that is being written. The host owns it: it goes on whether anybody watches or not. */
export type GenerationRun = {
  readonly comparisonId: string
  readonly turnId: string
  /** As it is now. */
  current(): Generation
  /** Sends the request and resolves when the answer is over; an answer that was stopped before is not sent. */
  start(): Promise<void>
  /** `interrupted`: the host ends. Otherwise a person stopped it. Its text is kept. */
  stop(how?: 'interrupted'): void
  /** What has come since the last time, null when that is nothing; stores it as far as it is due. Whoever takes it tells it. */
  flush(): ComparisonDelta | null
}

export type RunDependencies = {
  dispatcher: Dispatcher
  clock: Clock
  /** Ends in /v1; null while the gateway is not up. */
  gatewayAddress(): string | null
  key(): string
  publish(event: ComparisonEvent): void
  save(generation: Generation): void
}

export type RunInput = { comparisonId: string; turnId: string; generation: Generation; body: Readonly<Record<string, unknown>> }

/** A running text is written to the database at most so often. */
const saveEveryMs = 500

export function createGenerationRun(dependencies: RunDependencies, input: RunInput): GenerationRun {
  const { clock, publish, save } = dependencies
  const { comparisonId, turnId } = input
  const abort = new AbortController()
  let generation = input.generation
  let told = { text: 0, reasoning: 0 }
  let savedMs = clock.monotonicMs()
  let stoppedAs: 'stopped' | 'interrupted' = 'stopped'
  let isOver = false

  function change(fields: Partial<Generation>) {
    generation = { ...generation, ...fields }
    told = { text: generation.text.length, reasoning: generation.reasoning.length }
    savedMs = clock.monotonicMs()
    save(generation)
    publish({ type: 'generation', turnId, generation })
  }

  function finish(state: 'done' | 'stopped' | 'failed', fields: Pick<Generation, 'error' | 'stats'>) {
    if (isOver) return
    isOver = true
    if (state !== 'stopped') change({ state, ...fields })
    else if (stoppedAs === 'stopped') change({ state: 'stopped', ...fields })
    else change({ state: 'interrupted', ...fields, error: 'Roundhouse ended while this answer was being written.' })
  }

  return {
    comparisonId,
    turnId,
    current: () => generation,
    async start() {
      if (isOver) return
      const address = dependencies.gatewayAddress()
      if (address === null) {
        finish('failed', { error: 'The gateway is not up.', stats: noStats })
        return
      }
      const end = await ask({
        dispatcher: dependencies.dispatcher,
        clock,
        address,
        key: dependencies.key(),
        body: input.body,
        signal: abort.signal,
        onHead: instanceId => void (generation = { ...generation, instanceId: instanceId ?? generation.instanceId }),
        onPiece(piece) {
          // A new object each time: the one that was told belongs to those who were told.
          generation = {
            ...generation,
            text: generation.text + piece.text,
            reasoning: generation.reasoning + piece.reasoning,
            stats: piece.stats,
          }
          if (generation.state === 'waiting') change({ state: 'streaming' })
        },
      })
      finish(end.kind, { error: end.error, stats: end.stats })
    },
    stop(how) {
      if (isOver) return
      stoppedAs = how ?? 'stopped'
      abort.abort()
      if (generation.state === 'waiting') finish('stopped', { error: null, stats: generation.stats })
    },
    flush() {
      if (isOver) return null
      if (clock.monotonicMs() - savedMs >= saveEveryMs) {
        savedMs = clock.monotonicMs()
        save(generation)
      }
      const { id, stats } = generation
      const [text, reasoning] = [generation.text.slice(told.text), generation.reasoning.slice(told.reasoning)]
      if (text === '' && reasoning === '') return null
      const delta = { turnId, generationId: id, offset: told.text, text, reasoning, stats }
      told = { text: generation.text.length, reasoning: generation.reasoning.length }
      return delta
    },
  }
}
