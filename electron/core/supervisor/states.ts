import type { InstanceState } from '../../contract/instance'
import { backoffDelayMs, countedStarts, type RestartPolicy } from './policy'

export type Phase = InstanceState['kind']

/** Which phase may follow which. An instance begins its life `stopped`. */
export const legalEdges: Readonly<Record<Phase, readonly Phase[]>> = {
  stopped: ['starting'],
  starting: ['ready', 'stopping', 'backoff', 'failed', 'starting'],
  ready: ['stopping', 'backoff', 'failed'],
  stopping: ['stopped', 'backoff', 'failed', 'stuck', 'starting'],
  backoff: ['starting', 'stopped'],
  failed: ['starting'],
  stuck: ['stopped'],
}

/** The life of one instance: everything a decision about it rests on. Times are monotonic ms. */
export type Life = {
  phase: Phase
  /** Why it is being stopped: the person wants it, or it failed and is then judged. */
  stoppingFor: 'person' | 'failure' | null
  /** Number of the current attempt; what is told of another one is stale. */
  attempt: number
  starts: readonly number[]
  failuresInARow: number
  portAttempts: number
  readyAtMs: number | null
  /** Whether it was ready since the person started it: only then it is restarted by itself. */
  everReady: boolean
}

/** What happened. `permanent`: the next start would end the same way; `portTaken`: another port may help. */
export type LifeEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'ready'; attempt: number }
  /** It lives but is of no use (stalled, answers no more): it has to be ended. */
  | { type: 'broken'; attempt: number }
  /** Its whole group is gone, or it never came to be. */
  | { type: 'ended'; attempt: number; permanent: boolean; portTaken: boolean }
  | { type: 'unkillable'; attempt: number }
  | { type: 'retry'; attempt: number }

export type LifeEffect =
  { do: 'launch'; attempt: number } | { do: 'end'; attempt: number } | { do: 'retry-later'; attempt: number; delayMs: number }

export type Moment = { nowMs: number; random: number; policy: RestartPolicy }

export const newLife: Life = {
  phase: 'stopped',
  stoppingFor: null,
  attempt: 0,
  starts: [],
  failuresInARow: 0,
  portAttempts: 0,
  readyAtMs: null,
  everReady: false,
}

type Step = { life: Life; effect: LifeEffect | null }

const stay = (life: Life): Step => ({ life, effect: null })

/** What follows from an event: the next life and the one thing to do. Pure; an event that does not apply changes nothing. */
export function step(life: Life, event: LifeEvent, moment: Moment): Step {
  if ('attempt' in event && event.attempt !== life.attempt) return stay(life)
  switch (event.type) {
    case 'start':
      return onStart(life, moment)
    case 'stop':
      return onStop(life)
    case 'ready':
      return onReady(life, moment)
    case 'broken':
      return life.phase === 'starting' || life.phase === 'ready' ? end(life, 'failure') : stay(life)
    case 'ended':
      return onEnded(life, event, moment)
    case 'unkillable':
      return life.phase === 'stopping' ? stay({ ...life, phase: 'stuck', stoppingFor: null }) : stay(life)
    case 'retry':
      return life.phase === 'backoff' ? launch(life, moment) : stay(life)
  }
}

function onStart(life: Life, moment: Moment): Step {
  if (life.phase === 'backoff') return launch(life, moment)
  if (life.phase !== 'stopped' && life.phase !== 'failed') return stay(life)
  return launch({ ...newLife, attempt: life.attempt }, moment)
}

function onReady(life: Life, moment: Moment): Step {
  if (life.phase !== 'starting') return stay(life)
  return stay({ ...life, phase: 'ready', readyAtMs: moment.nowMs, everReady: true, portAttempts: 0 })
}

function onStop(life: Life): Step {
  switch (life.phase) {
    case 'starting':
    case 'ready':
      return end(life, 'person')
    case 'stopping':
      return stay({ ...life, stoppingFor: 'person' })
    case 'backoff':
      return stay({ ...life, phase: 'stopped' })
    default:
      return stay(life)
  }
}

function onEnded(life: Life, event: { permanent: boolean; portTaken: boolean }, moment: Moment): Step {
  switch (life.phase) {
    case 'stuck':
      return stay({ ...life, phase: 'stopped' })
    case 'stopping':
      return life.stoppingFor === 'person' ? stay({ ...life, phase: 'stopped', stoppingFor: null }) : judge(life, event, moment)
    case 'starting':
    case 'ready':
      return judge(life, event, moment)
    default:
      return stay(life)
  }
}

function judge(before: Life, event: { permanent: boolean; portTaken: boolean }, moment: Moment): Step {
  const { policy, nowMs } = moment
  const forgiven = before.readyAtMs !== null && nowMs - before.readyAtMs >= policy.forgivenAfterMs
  const life: Life = {
    ...before,
    stoppingFor: null,
    readyAtMs: null,
    starts: forgiven ? [] : countedStarts(policy, before.starts, nowMs),
    failuresInARow: forgiven ? 1 : before.failuresInARow + 1,
  }
  const failed = stay({ ...life, phase: 'failed' })
  if (event.permanent) return failed
  if (event.portTaken && before.readyAtMs === null && life.portAttempts < policy.portAttempts)
    return launch({ ...life, portAttempts: life.portAttempts + 1 }, moment)
  if (!life.everReady || life.starts.length >= policy.budget) return failed
  const delayMs = backoffDelayMs(policy, life.failuresInARow, moment.random)
  return { life: { ...life, phase: 'backoff' }, effect: { do: 'retry-later', attempt: life.attempt, delayMs } }
}

function launch(life: Life, moment: Moment): Step {
  const attempt = life.attempt + 1
  const starts = [...countedStarts(moment.policy, life.starts, moment.nowMs), moment.nowMs]
  return { life: { ...life, phase: 'starting', stoppingFor: null, attempt, starts }, effect: { do: 'launch', attempt } }
}

function end(life: Life, stoppingFor: 'person' | 'failure'): Step {
  return { life: { ...life, phase: 'stopping', stoppingFor }, effect: { do: 'end', attempt: life.attempt } }
}
