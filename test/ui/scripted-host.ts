import { RPCLink } from '@orpc/client/message-port'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { contract } from '../../electron/contract'
import type { Recommendation } from '../../electron/contract/decision'
import type { WhatIfInput } from '../../electron/contract/what-if'
import type { Instance, StartRequest } from '../../electron/contract/instance'
import type { Job } from '../../electron/contract/job'
import type { Need } from '../../electron/contract/need'
import type { Prediction } from '../../electron/contract/predictions'
import type { Wire } from '../../renderer/client/link'
import { recommendation } from './fixture-decision'
import { makeWhatIf, shopping } from './fixture-what-if'
import * as fixtures from './fixture-machine'
import { makeInstance, makeJob } from './fixture-run'

/** A value whose watchers get it at once and again after each change, as streams of the host do. */
function watched<Value>(initial: Value) {
  const wakes = new Set<() => void>()
  const box = {
    value: initial,
    set(next: Value) {
      box.value = next
      for (const wake of wakes) wake()
    },
    async *watch(signal: AbortSignal | undefined): AsyncGenerator<Value, void> {
      while (!signal?.aborted) {
        const seen = box.value
        yield seen
        if (box.value !== seen) continue
        await new Promise<void>(resolve => {
          const wake = () => {
            wakes.delete(wake)
            resolve()
          }
          wakes.add(wake)
          signal?.addEventListener('abort', wake, { once: true })
        })
      }
    },
  }
  return box
}

/**
 * A fake host for tests of the window: the real contract, served by the real oRPC over a real MessagePort, with scripted answers.
 * What it was asked is in `asked`. Procedures that no test of these needs are not there.
 */
export function createScriptedHost() {
  const state = {
    system: fixtures.system,
    machine: watched(fixtures.machine),
    jobs: watched<Job[]>([]),
    predictions: new Array<Prediction>(),
    forgotten: new Array<Prediction>(),
    instances: watched<Instance[]>([]),
    gateway: watched(fixtures.gateway),
    settings: watched(fixtures.settings),
    models: watched(fixtures.models),
  }
  const asked = {
    decided: [] as Need[],
    whatIf: [] as WhatIfInput[],
    started: [] as StartRequest[],
    corrected: [] as { path: string; value: unknown }[],
    stopped: [] as string[],
    cancelled: [] as string[],
    restarted: [] as { id: string; request: StartRequest | null }[],
  }
  const script = { decide: (need: Need): Recommendation => ({ ...recommendation, need }), whatIf: makeWhatIf }
  const host = implement(contract)
  const startJob = (id: string) => {
    const job = makeJob({ id })
    state.jobs.set([...state.jobs.value, job])
    return job
  }
  const router = {
    system: {
      info: host.system.info.handler(() => state.system),
      key: host.system.key.handler(() => ({ key: 'rh-local-key' })),
      shutDown: host.system.shutDown.handler(() => undefined),
    },
    machine: {
      watch: host.machine.watch.handler(({ signal }) => state.machine.watch(signal)),
      detect: host.machine.detect.handler(() => state.machine.value),
      correct: host.machine.correct.handler(({ input }) => {
        asked.corrected.push(input)
        return state.machine.value
      }),
      dismiss: host.machine.dismiss.handler(({ input }) => {
        const { value } = state.machine
        state.machine.set({ ...value, warnings: value.warnings.filter(each => each.dismiss !== input.warning) })
        return state.machine.value
      }),
    },
    recommend: {
      decide: host.recommend.decide.handler(({ input }) => {
        asked.decided.push(input)
        return script.decide(input)
      }),
      whatIf: host.recommend.whatIf.handler(({ input }) => {
        asked.whatIf.push(input)
        return script.whatIf(input)
      }),
      shopping: host.recommend.shopping.handler(() => shopping),
      predictions: host.recommend.predictions.handler(() => state.predictions),
      calibrate: host.recommend.calibrate.handler(({ input }) => {
        state.predictions = state.predictions.map(each => (each.id === input.id ? { ...each, calibrates: input.use } : each))
        return state.predictions
      }),
      restoreRun: host.recommend.restoreRun.handler(({ input }) => {
        state.predictions = [...state.predictions, ...state.forgotten.filter(each => each.id === input.id)]
        return state.predictions
      }),
      forgetRun: host.recommend.forgetRun.handler(({ input }) => {
        state.forgotten = state.predictions
        state.predictions = state.predictions.filter(each => each.id !== input.id)
        return state.predictions
      }),
    },
    runtimes: {
      list: host.runtimes.list.handler(() => fixtures.runtimes),
      refresh: host.runtimes.refresh.handler(() => fixtures.runtimes),
      install: host.runtimes.install.handler(() => startJob('install-1')),
    },
    models: {
      watch: host.models.watch.handler(({ signal }) => state.models.watch(signal)),
      download: host.models.download.handler(() => startJob('download-1')),
      importFile: host.models.importFile.handler(() => {
        throw new Error('not scripted')
      }),
      remove: host.models.remove.handler(() => undefined),
      refresh: host.models.refresh.handler(() => undefined),
    },
    jobs: {
      watch: host.jobs.watch.handler(async function* ({ signal }) {
        for await (const jobs of state.jobs.watch(signal)) yield { type: 'snapshot' as const, jobs }
      }),
      cancel: host.jobs.cancel.handler(({ input }) => void asked.cancelled.push(input.id)),
      retry: host.jobs.retry.handler(() => startJob('job-again')),
      dismiss: host.jobs.dismiss.handler(() => undefined),
    },
    instances: {
      watch: host.instances.watch.handler(async function* ({ signal }) {
        for await (const instances of state.instances.watch(signal)) yield { type: 'snapshot' as const, instances }
      }),
      start: host.instances.start.handler(({ input }) => {
        asked.started.push(input)
        return startJob('job-1')
      }),
      stop: host.instances.stop.handler(({ input }) => void asked.stopped.push(input.id)),
      restart: host.instances.restart.handler(({ input }) => {
        asked.restarted.push(input)
        return startJob('job-restart')
      }),
      dismiss: host.instances.dismiss.handler(() => undefined),
      attach: host.instances.attach.handler(() => makeInstance({ adopted: true })),
    },
    gateway: { watch: host.gateway.watch.handler(({ signal }) => state.gateway.watch(signal)) },
    settings: {
      watch: host.settings.watch.handler(({ signal }) => state.settings.watch(signal)),
      change: host.settings.change.handler(({ input }) => {
        const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
        state.settings.set({ ...state.settings.value, ...given })
        return state.settings.value
      }),
    },
  }
  const cuts = new Set<() => void>()
  const cut = () => {
    for (const end of cuts) end()
    cuts.clear()
  }
  return { state, asked, script, router, cut, dial: () => dialRouter(router, cuts) }
}

type Router = ReturnType<typeof createScriptedHost>['router']

/** One port to the router, as the preload gives one to the window. `cut` ends the wire as a host that died would. */
function dialRouter(router: Router, cuts: Set<() => void>): Promise<Wire> {
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1)
  port1.start()
  port2.start()
  const closed = new Promise<void>(resolve => {
    cuts.add(() => {
      port1.close()
      port2.close()
      resolve()
    })
  })
  return Promise.resolve({ link: new RPCLink({ port: port2 }), closed })
}
