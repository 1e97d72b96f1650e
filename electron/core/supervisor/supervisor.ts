import { Failure } from '../../contract/failure'
import type { AttemptDeps } from './attempt'
import { createChanges } from './changes'
import { restartPolicy, type RestartPolicy } from './policy'
import { createPorts } from './ports'
import { createRunners } from './runners'
import type { StartSpec, Supervisor } from './supervisor.types'
import { defaultTimings, type Timings } from './timings'

export type SupervisorDeps = Omit<AttemptDeps, 'ports' | 'timings'> & {
  /** One log file per instance. */
  logsFolder: string
  timings?: Partial<Timings>
  policy?: Partial<RestartPolicy>
  /** 0..1, for jitter and ports. */
  random?: () => number
}

/** The only place that starts and ends runtimes. States, policy and guard are told in README.md beside this file. */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const random = deps.random ?? Math.random
  const timings = { ...defaultTimings, ...deps.timings }
  const policy = { ...restartPolicy, ...deps.policy }
  const changes = createChanges(() => runners.all(), timings)
  const runners = createRunners({ ...deps, random, timings, policy, ports: createPorts(random) }, changes)
  let disposed = false

  const refuseWhenDisposed = () => {
    if (disposed) throw new Failure('cancelled', 'Roundhouse is shutting down')
  }

  const start = async (spec: StartSpec) => {
    refuseWhenDisposed()
    const before = runners.withKey(spec.key)
    if (before && !runners.hasEnded(before)) return before.start(spec)
    if (before) runners.remove(before.instance().id)
    return runners.add(spec).start()
  }

  return {
    start,
    attach: start,
    stop: async id => runners.of(id).stop(),
    async restart(id, spec) {
      await runners.of(id).stop()
      refuseWhenDisposed()
      return runners.of(id).start(spec)
    },
    remove: id => runners.remove(id),
    list: () => runners.all().map(runner => runner.instance()),
    get: id => runners.find(id)?.instance() ?? null,
    find: key => runners.withKey(key)?.instance() ?? null,
    subscribe: changes.subscribe,
    upstream(id) {
      const runner = runners.find(id)
      const attempt = runner?.attempt()
      if (!runner || !attempt || runner.phase() !== 'ready') return null
      const { address, headers, upstreamModel, contextUnchecked, withoutImages } = attempt.plan
      return {
        ...{ instanceId: id, runtime: runner.instance().runtime, address, headers, upstreamModel },
        ...(contextUnchecked ? { contextTokens: attempt.input.contextTokens } : {}),
        ...(withoutImages === undefined ? {} : { withoutImages }),
      }
    },
    attempt: id => runners.find(id)?.attempt() ?? null,
    logs: id => runners.find(id)?.logs ?? null,
    asks: (id, path) => void runners.find(id)?.logs.questions.asked(path),
    notice(id, text) {
      const runner = runners.of(id)
      runner.patch({ notices: [...runner.instance().notices, { at: deps.clock.wall(), text }].slice(-50) })
    },
    setProof: (id, proof) => runners.of(id).patch({ proof }),
    setThreads: (id, threads) => runners.of(id).patch({ threads }),
    sweep: () => deps.ledger.sweep(),
    async dispose() {
      disposed = true
      await Promise.all(runners.all().map(runner => runner.stop().then(runner.close)))
      changes.end()
    },
  }
}
