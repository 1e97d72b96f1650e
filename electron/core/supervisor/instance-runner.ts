import { Failure } from '../../contract/failure'
import type { Autopsy, Instance } from '../../contract/instance'
import type { LaunchInput, LaunchPlan } from '../runtimes/runtime'
import { beginAttempt, type Attempt, type AttemptDeps, type AttemptEvents } from './attempt'
import { commandOf, newInstance, stateOf, withSpec } from './instance-record'
import { createLifeQueue, type LifeQueue } from './life-queue'
import { createLogFile } from './log-file'
import { createLogBook, type LogBook } from './logs'
import type { RestartPolicy } from './policy'
import type { Life, LifeEffect, LifeEvent, Phase } from './states'
import type { StartSpec } from './supervisor.types'
import { createWaiters } from './waiters'

export type RunnerDeps = AttemptDeps & {
  policy: RestartPolicy
  random: () => number
  logFile: string
  /** `urgent`: the state changed; else progress or memory, which may be told later. */
  onChange(urgent: boolean): void
}

/** One instance: the only place where its state is written. */
export type Runner = {
  spec(): StartSpec
  instance(): Instance
  phase(): Phase
  attempt(): { input: LaunchInput; plan: LaunchPlan } | null
  logs: LogBook
  start(spec?: StartSpec): Promise<Instance>
  stop(): Promise<void>
  patch(change: Partial<Instance>): void
  /** Ends what listens to it; only for one that is not alive. */
  close(): Promise<void>
}

/** What is known of the instance beside its life. */
type Self = {
  readonly id: string
  readonly deps: RunnerDeps
  readonly logs: LogBook
  spec: StartSpec
  instance: Instance
  current: { input: LaunchInput; plan: LaunchPlan } | null
  attempt: Attempt | null
  autopsy: Autopsy | null
  retry: { timer: NodeJS.Timeout; at: string } | null
  stuckWhy: string
}

const isAlive = (phase: Phase) => phase === 'starting' || phase === 'ready' || phase === 'stopping' || phase === 'stuck'

export function createRunner(id: string, spec: StartSpec, deps: RunnerDeps): Runner {
  const file = createLogFile(deps.logFile)
  const logs = createLogBook({ clock: deps.clock, file })
  const instance = newInstance(id, spec, deps.clock.wall())
  const self: Self = { id, deps, logs, spec, instance, current: null, attempt: null, autopsy: null, retry: null, stuckWhy: '' }
  const waiters = createWaiters()
  const queue: LifeQueue = createLifeQueue({
    clock: deps.clock,
    random: deps.random,
    // A server that is only watched costs nothing to look for again.
    policy: () => (self.instance.adopted ? { ...deps.policy, budget: Infinity } : deps.policy),
    carryOut: (effect, event) => carryOut(self, queue, { effect, event }),
    onTransition(life) {
      show(self, life)
      waiters.answer(self.instance)
    },
  })
  let stops = 0
  return {
    spec: () => self.spec,
    instance: () => self.instance,
    phase: () => queue.life().phase,
    attempt: () => self.current,
    logs,
    async start(newSpec) {
      const stopsBefore = stops
      // Not awaited when there is nothing to wait for: the next start of this key must see this one begun.
      if (queue.life().phase === 'stopping') await queue.untilNot('stopping')
      if (stops !== stopsBefore) throw new Failure('cancelled', `${self.instance.modelTitle} was stopped before it was ready`)
      if (newSpec && !isAlive(queue.life().phase)) {
        self.spec = newSpec
        self.instance = withSpec(self.instance, newSpec)
      }
      queue.dispatch({ type: 'start' })
      return waiters.wait(self.instance)
    },
    async stop() {
      stops += 1
      queue.dispatch({ type: 'stop' })
      await queue.untilNot('stopping')
    },
    patch: change => patch(self, change, true),
    async close() {
      logs.close()
      await file.flush()
    },
  }
}

function patch(self: Self, change: Partial<Instance>, urgent: boolean) {
  self.instance = { ...self.instance, ...change }
  self.deps.onChange(urgent)
}

function show(self: Self, life: Life) {
  if (life.phase !== 'backoff' && self.retry) {
    clearTimeout(self.retry.timer)
    self.retry = null
  }
  const known = { since: self.deps.clock.wall(), autopsy: self.autopsy, retryAt: self.retry?.at ?? null, stuckWhy: self.stuckWhy }
  patch(self, { state: stateOf(life.phase, known), ...(isAlive(life.phase) ? {} : { pid: null, residentMiB: null }) }, true)
}

function carryOut(self: Self, queue: LifeQueue, { effect, event }: { effect: LifeEffect; event: LifeEvent }) {
  const { deps } = self
  switch (effect.do) {
    case 'end':
      self.attempt?.end(queue.life().stoppingFor ?? 'failure')
      return
    case 'retry-later': {
      const timer = setTimeout(() => queue.dispatch({ type: 'retry', attempt: effect.attempt }), effect.delayMs)
      self.retry = { timer, at: new Date(Date.parse(deps.clock.wall()) + effect.delayMs).toISOString() }
      return
    }
    case 'launch': {
      if (event.type === 'start') {
        self.autopsy = null
        patch(self, { restarts: 0, lastRestartWhy: null, startedAt: deps.clock.wall() }, false)
      }
      if (event.type === 'retry')
        patch(self, { restarts: self.instance.restarts + 1, lastRestartWhy: self.autopsy?.headline ?? null }, false)
      patch(self, { proof: null, pid: null, address: null, upSince: deps.clock.wall() }, false)
      const events = eventsOf(self, queue, effect.attempt)
      self.attempt = beginAttempt(deps, { instanceId: self.id, spec: self.spec, logs: self.logs, events })
    }
  }
}

function eventsOf(self: Self, queue: LifeQueue, attempt: number): AttemptEvents {
  const isCurrent = () => queue.life().attempt === attempt
  return {
    onPlanned(input, plan) {
      if (!isCurrent()) return
      self.current = { input, plan }
      const { contextTokens, slots, threads } = input
      const command = commandOf(plan, input)
      self.logs.add('note', `Start ${attempt}: ${command.join(' ')}`, 'info')
      patch(self, { command, adopted: plan.process.kind === 'attach', contextTokens, slots, threads }, true)
    },
    onPid(pid) {
      if (isCurrent()) patch(self, { pid }, true)
    },
    onAddress(address) {
      if (isCurrent() && self.current) self.current = { ...self.current, plan: { ...self.current.plan, address } }
    },
    onStep(title, progress) {
      const { state } = self.instance
      if (!isCurrent() || state.kind !== 'starting') return
      patch(self, { state: { ...state, step: title, progress: progress ?? state.progress } }, false)
    },
    onReady() {
      if (isCurrent() && self.current) patch(self, { address: `${self.current.plan.address}/v1` }, false)
      queue.dispatch({ type: 'ready', attempt })
    },
    onBroken: () => queue.dispatch({ type: 'broken', attempt }),
    onUnkillable(why) {
      self.stuckWhy = why
      queue.dispatch({ type: 'unkillable', attempt })
    },
    onEnded(found) {
      // A GPU that is lost twice does not come back by trying.
      const permanent = found !== null && (found.permanent || (found.cause === 'gpu-lost' && self.autopsy?.cause === 'gpu-lost'))
      if (found) self.autopsy = { ...found, permanent }
      queue.dispatch({ type: 'ended', attempt, permanent, portTaken: found?.cause === 'port-taken' })
    },
  }
}
