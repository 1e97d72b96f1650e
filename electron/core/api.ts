import { Failure } from '../contract/failure'
import type { Machine } from '../contract/machine'
import type { GatewayStatus } from '../contract/gateway'
import type { InstancesEvent, LogEvent } from '../contract/instance'
import type { JobsEvent } from '../contract/job'
import type { Settings } from '../contract/settings'
import { os } from './api-base'
import type { Core } from './core'
import { watch } from './lib/watch'
import { checkModelsFolder } from './models/check-folder'
import { modelsApi } from './models-api'
import { runtimesApi } from './runtimes-api'

/** Contract -> service, a line each. */
export function createApi(core: Core) {
  return os.router({
    system: systemApi(core),
    machine: machineApi(core),
    recommend: recommendApi(core),
    runtimes: runtimesApi(core),
    models: modelsApi(core),
    jobs: jobsApi(core),
    instances: instancesApi(core),
    compare: compareApi(core),
    gateway: gatewayApi(core),
    exchange: exchangeApi(core),
    settings: settingsApi(core),
  })
}
export type Api = ReturnType<typeof createApi>

function systemApi(core: Core) {
  return os.system.router({
    info: os.system.info.handler(() => core.info()),
    key: os.system.key.handler(() => ({ key: core.key() })),
    shutDown: os.system.shutDown.handler(() => core.shutDown()),
  })
}

function machineApi(core: Core) {
  const { machine } = core
  return os.machine.router({
    watch: os.machine.watch.handler(async function* ({ input, signal }) {
      const first = await machine.read()
      const release = input.live ? machine.keepFresh() : () => {}
      try {
        yield* watch<Machine>({ signal, snapshot: () => machine.current() ?? first, subscribe: machine.subscribe })
      } finally {
        release()
      }
    }),
    detect: os.machine.detect.handler(() => machine.detect()),
    correct: os.machine.correct.handler(({ input }) => machine.correct(input)),
    dismiss: os.machine.dismiss.handler(({ input }) => machine.dismiss(input.warning)),
  })
}

function recommendApi(core: Core) {
  return os.recommend.router({
    decide: os.recommend.decide.handler(({ input }) => core.decide(input)),
    whatIf: os.recommend.whatIf.handler(({ input }) => core.whatIf(input)),
    shopping: os.recommend.shopping.handler(({ input }) => core.shopping(input)),
    predictions: os.recommend.predictions.handler(() => core.predictions.list()),
    calibrate: os.recommend.calibrate.handler(({ input }) => core.predictions.calibrate(input.id, input.use)),
    forgetRun: os.recommend.forgetRun.handler(({ input }) => core.predictions.forget(input.id)),
    restoreRun: os.recommend.restoreRun.handler(({ input }) => core.predictions.restore(input.id)),
  })
}

function jobsApi(core: Core) {
  const { jobs } = core
  return os.jobs.router({
    watch: os.jobs.watch.handler(({ signal }) =>
      watch<JobsEvent>({ signal, snapshot: () => ({ type: 'snapshot', jobs: jobs.list() }), subscribe: jobs.subscribe }),
    ),
    cancel: os.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
    retry: os.jobs.retry.handler(({ input }) => jobs.retry(input.id)),
    dismiss: os.jobs.dismiss.handler(({ input }) => jobs.dismiss(input.id)),
  })
}

function instancesApi(core: Core) {
  const { supervisor, stack } = core
  return os.instances.router({
    watch: os.instances.watch.handler(({ signal }) =>
      watch<InstancesEvent>({
        signal,
        snapshot: () => ({ type: 'snapshot', instances: supervisor.list() }),
        subscribe: supervisor.subscribe,
      }),
    ),
    logs: os.instances.logs.handler(({ input, signal }) => watchLogs(core, input.id, signal)),
    metrics: os.instances.metrics.handler(({ input, signal }) => core.metrics.watch(input.id, signal)),
    choose: os.instances.choose.handler(({ input }) => stack.choose(input)),
    start: os.instances.start.handler(({ input }) => stack.start(input)),
    stop: os.instances.stop.handler(({ input }) => supervisor.stop(input.id)),
    restart: os.instances.restart.handler(({ input }) => stack.restart(input.id, input.request)),
    dismiss: os.instances.dismiss.handler(({ input }) => supervisor.remove(input.id)),
    attach: os.instances.attach.handler(({ input }) => stack.attach(input)),
  })
}

function compareApi(core: Core) {
  const { comparisons } = core
  return os.compare.router({
    list: os.compare.list.handler(() => comparisons.list()),
    create: os.compare.create.handler(({ input }) => comparisons.create(input)),
    // It is opened before the first event is asked for, so that one that is gone is refused and not a stream that breaks.
    watch: os.compare.watch.handler(({ input, signal }) => generatorOf(comparisons.watch(input.id, signal))),
    setPanes: os.compare.setPanes.handler(({ input }) => comparisons.setPanes(input.id, input.panes)),
    rename: os.compare.rename.handler(({ input }) => comparisons.rename(input.id, input.title)),
    remove: os.compare.remove.handler(({ input }) => comparisons.remove(input.id)),
    run: os.compare.run.handler(({ input }) => comparisons.run(input)),
    regenerate: os.compare.regenerate.handler(({ input }) => comparisons.regenerate(input)),
    stop: os.compare.stop.handler(({ input }) => comparisons.stop(input)),
  })
}

function gatewayApi(core: Core) {
  const { gateway } = core
  return os.gateway.router({
    watch: os.gateway.watch.handler(({ signal }) =>
      watch<GatewayStatus>({ signal, snapshot: gateway.status, subscribe: gateway.subscribe }),
    ),
  })
}

function exchangeApi(core: Core) {
  return os.exchange.router({
    write: os.exchange.write.handler(({ input }) => core.exchange.write(input.format)),
    read: os.exchange.read.handler(({ input }) => core.exchange.read(input.text)),
  })
}

function settingsApi(core: Core) {
  const { settings } = core
  return os.settings.router({
    watch: os.settings.watch.handler(({ signal }) => watch<Settings>({ signal, snapshot: settings.get, subscribe: settings.subscribe })),
    change: os.settings.change.handler(async ({ input }) => {
      if (input.modelsFolder != null) await checkModelsFolder(input.modelsFolder)
      return settings.change(input)
    }),
  })
}

async function* generatorOf<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event, void> {
  yield* events
}

function watchLogs({ supervisor }: Core, id: string, signal: AbortSignal | undefined) {
  const log = supervisor.logs(id)
  if (!log) throw new Failure('not-found', `There is no instance named ${id}.`)
  const snapshot = (): LogEvent => ({ type: 'snapshot', lines: log.lines(), dropped: log.dropped() })
  // The log opens with a snapshot of its own; ours has been sent by then.
  const subscribe = (listener: (event: LogEvent) => void) =>
    log.subscribe(event => {
      if (event.type === 'lines') listener(event)
    })
  return watch<LogEvent>({ signal, snapshot, subscribe })
}
