import type { Clock } from '../lib/clock'
import type { RestartPolicy } from './policy'
import { newLife, step, type Life, type LifeEffect, type LifeEvent, type Phase } from './states'

export type LifeQueueDeps = {
  clock: Clock
  random: () => number
  policy(): RestartPolicy
  carryOut(effect: LifeEffect, event: LifeEvent): void
  /** After each change of phase or attempt. */
  onTransition(life: Life): void
}

export type LifeQueue = {
  /** What happened, from anyone: taken one after another, also when one causes the next. */
  dispatch(event: LifeEvent): void
  life(): Life
  /** Resolves when it is in another phase. */
  untilNot(phase: Phase): Promise<void>
}

/** The one queue that owns the life of an instance. */
export function createLifeQueue(deps: LifeQueueDeps): LifeQueue {
  const queue: LifeEvent[] = []
  let sleepers: (() => void)[] = []
  let life = newLife
  let busy = false

  function take(event: LifeEvent) {
    const before = life
    const next = step(life, event, { nowMs: deps.clock.monotonicMs(), random: deps.random(), policy: deps.policy() })
    life = next.life
    if (next.effect) deps.carryOut(next.effect, event)
    if (life.phase === before.phase && life.attempt === before.attempt) return
    deps.onTransition(life)
    const woken = sleepers
    sleepers = []
    for (const wake of woken) wake()
  }

  return {
    dispatch(event) {
      queue.push(event)
      if (busy) return
      busy = true
      try {
        for (let next = queue.shift(); next; next = queue.shift()) take(next)
      } finally {
        busy = false
      }
    },
    life: () => life,
    async untilNot(phase) {
      while (life.phase === phase) await new Promise<void>(resolve => void sleepers.push(resolve))
    },
  }
}
