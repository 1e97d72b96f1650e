import type { RuntimesSnapshot } from '../contract/runtime-detail'
import { os } from './api-base'
import type { Core } from './core'
import { watch } from './lib/watch'

/** `runtimes.*` of the contract -> service, a line each. */
export function runtimesApi({ runtimes }: Core) {
  return os.runtimes.router({
    list: os.runtimes.list.handler(() => runtimes.list()),
    refresh: os.runtimes.refresh.handler(() => runtimes.refresh()),
    watch: os.runtimes.watch.handler(async function* ({ signal }) {
      const first = await runtimes.snapshot()
      yield* watch<RuntimesSnapshot>({ signal, snapshot: () => runtimes.lastSnapshot() ?? first, subscribe: runtimes.subscribe })
    }),
    plan: os.runtimes.plan.handler(({ input }) => runtimes.plan(input.offer)),
    install: os.runtimes.install.handler(({ input }) => runtimes.install(input.offer, input.agreed ?? false)),
    repair: os.runtimes.repair.handler(({ input }) => runtimes.repair(input.build)),
    use: os.runtimes.use.handler(({ input }) => runtimes.use(input.build)),
    updatePlan: os.runtimes.updatePlan.handler(({ input }) => runtimes.updatePlan(input.runtime, input.target)),
    update: os.runtimes.update.handler(({ input }) => runtimes.update(input.runtime, input)),
    rollback: os.runtimes.rollback.handler(({ input }) => runtimes.rollback(input.runtime, input.kind)),
    removal: os.runtimes.removal.handler(({ input }) => runtimes.removal(input.build)),
    remove: os.runtimes.remove.handler(({ input }) => runtimes.remove(input.build)),
    doctor: os.runtimes.doctor.handler(({ input }) => runtimes.doctor(input.runtime, input.record)),
    saveSettings: os.runtimes.saveSettings.handler(({ input }) => runtimes.saveSettings(input.runtime, input.values)),
    render: os.runtimes.render.handler(({ input }) => runtimes.render(input)),
  })
}
