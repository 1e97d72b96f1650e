import * as fc from 'fast-check'
import { restartPolicy } from '../../../electron/core/supervisor/policy'
import { legalEdges, newLife, step, type Life, type LifeEvent } from '../../../electron/core/supervisor/states'

/** What may happen to an instance, in any order. Those that name an attempt may name an old one. */
const happening = fc.oneof(
  fc.record({ type: fc.constantFrom('start' as const, 'stop' as const) }),
  fc.record({ type: fc.constantFrom('ready' as const, 'broken' as const, 'unkillable' as const), late: fc.nat(2) }),
  fc.record({ type: fc.constant('crash' as const), permanent: fc.boolean(), portTaken: fc.boolean() }),
  fc.record({ type: fc.constant('gone' as const) }),
  fc.record({ type: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 900_000 }) }),
)
export const happenings = fc.array(happening, { minLength: 1, maxLength: 60 })

/** A world with virtual time: process groups that really only end when they crash, are told to, or were asked to end. */
function createWorld() {
  let life: Life = newLife
  let nowMs = 0
  let timer: { atMs: number; attempt: number } | null = null
  const alive = new Set<number>()
  const startTimes: number[] = []
  let stopped = false
  const check = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what}; life: ${JSON.stringify(life)}; alive: ${[...alive].join()}`)
  }

  function send(event: LifeEvent) {
    const before = life
    const next = step(life, event, { nowMs, random: 0.5, policy: restartPolicy })
    life = next.life
    if (life.phase !== before.phase) check(legalEdges[before.phase].includes(life.phase), `illegal edge ${before.phase} -> ${life.phase}`)
    check(life.attempt >= before.attempt, 'attempts count up')
    if (life.phase === 'ready' && before.phase !== 'ready')
      check(event.type === 'ready' && alive.has(life.attempt), 'ready without a live process of its own')
    const { effect } = next
    if (effect?.do === 'launch') {
      check(alive.size === 0, 'two live groups')
      check(event.type === 'start' || !stopped, 'started against a stop')
      alive.add(effect.attempt)
      startTimes.push(nowMs)
    }
    if (effect?.do === 'end') check(alive.has(effect.attempt), 'ends what is not alive')
    if (effect?.do === 'retry-later') timer = { atMs: nowMs + effect.delayMs, attempt: effect.attempt }
  }

  const end = (attempt: number, permanent = false, portTaken = false) => {
    if (!alive.delete(attempt)) return
    send({ type: 'ended', attempt, permanent, portTaken })
  }

  return {
    life: () => life,
    advance(ms: number) {
      nowMs += ms
      if (timer && timer.atMs <= nowMs) {
        const { attempt } = timer
        timer = null
        send({ type: 'retry', attempt })
      }
    },
    take(what: typeof happening extends fc.Arbitrary<infer Value> ? Value : never) {
      const [current = 0] = alive
      switch (what.type) {
        case 'start':
        case 'stop': {
          stopped = what.type === 'stop'
          send(what)
          if (what.type === 'stop') {
            check(!['starting', 'ready', 'backoff'].includes(life.phase), 'a stop is not obeyed')
          }
          return
        }
        case 'crash':
          end(current, what.permanent, what.portTaken)
          return
        case 'gone':
          if (life.phase === 'stopping' || life.phase === 'stuck') end(current)
          return
        case 'time':
          this.advance(what.ms)
          return
        default:
          // A late event names an attempt that is over.
          if (what.late > 0 || alive.size > 0) send({ type: what.type, attempt: life.attempt - what.late })
      }
    },
    /** Everything that can still end ends; then a minute and a bit passes, again and again. */
    settle() {
      for (let round = 0; round < 20; round += 1) {
        const [current] = alive
        if (current !== undefined) end(current)
        this.advance(75_000)
      }
    },
    check,
    startsWithin: (ms: number) => Math.max(0, ...startTimes.map(from => startTimes.filter(at => at >= from && at - from < ms).length)),
  }
}

/** One random history; throws with the reason when a promise is broken. */
export function liveThrough(history: readonly Parameters<ReturnType<typeof createWorld>['take']>[0][]) {
  const world = createWorld()
  let byPerson = 0
  for (const what of history) {
    if (what.type === 'start') byPerson += 1
    world.take(what)
  }
  world.settle()
  const { phase } = world.life()
  world.check(['stopped', 'failed'].includes(phase), `does not settle: ${phase}`)
  const { budget, budgetWindowMs, portAttempts } = restartPolicy
  // What a person asks for is not held to the budget; each of those starts opens it anew, and ports may be tried again.
  world.check(world.startsWithin(budgetWindowMs) <= (byPerson + 1) * (budget + 2 * portAttempts), 'starts without end')
}
