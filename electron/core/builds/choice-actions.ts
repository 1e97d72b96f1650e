import { Failure } from '../../contract/failure'
import type { DoctorReport, Rendered } from '../../contract/install'
import type { StartRequest } from '../../contract/instance'
import type { SettingValues } from '../../contract/runtime'
import { examineRuntime } from '../install/doctor'
import { checkSettings } from '../runtimes/settings'
import { chooseBuild } from '../stack/resolve'
import type { BuildContext } from './context'
import { renderCommand } from './render'

/** What the person chooses and asks: active build, way back, saved settings, the command, the doctor. `told` after a change. */
export function createChoiceActions(context: BuildContext, told: () => void) {
  const { deps, stores, places, finder, active, builds, flags, saved, runtimeOf, buildNamed, now } = context
  return {
    async use(id: string): Promise<void> {
      const build = await buildNamed(id)
      const before = (await builds()).find(each => each.runtime === build.runtime) ?? null
      active.use(build, { before })
      told()
    },
    /** @throws Failure `not-found` when nothing was switched. */
    async rollback(runtimeId: string, kind: string | null): Promise<{ build: string }> {
      const runtime = runtimeOf(runtimeId)
      const done = active.rollback(runtime.id, { kind, builds: await builds() })
      if (!done) throw new Failure('not-found', `Nothing of ${runtime.title} was switched that could be gone back on.`)
      for (const { id, value } of stores.updates.all())
        if (value.to === done.to && value.from === done.from && value.switched) stores.updates.set(id, { ...value, rolledBack: true })
      told()
      return { build: done.from }
    },
    /** @throws Failure `bad-input` for a value that no build would take. */
    saveSettings(id: string, values: SettingValues): SettingValues {
      checkSettings(runtimeOf(id).settings ?? [], values)
      stores.saved.set(id, values)
      told()
      return values
    },
    async render(request: StartRequest): Promise<Rendered> {
      const runtime = runtimeOf(request.runtime)
      const build = chooseBuild(request, await builds())
      const settings = request.settings ?? saved(runtime.id)
      const knownFlags = build ? await flags.of(runtime, build) : null
      const model = deps.library.resolve(request.model)
      return renderCommand({ runtime, build, model, knownFlags, machine: await deps.machine(), request: { ...request, settings } })
    },
    async doctor(id: string, record: boolean): Promise<DoctorReport> {
      const runtime = runtimeOf(id)
      const machine = await deps.machine()
      const found = await examineRuntime(places, runtime, machine)
      const here = await finder.find(runtime, machine)
      const about = { runtime: id, title: runtime.title, verdict: runtime.judge(machine), builds: here.map(each => each.id) }
      return { ...about, ...found, recordings: record ? found.recordings : [], at: now() }
    },
  }
}
