import * as z from 'zod'
import { settingValuesSchema, type Build, type SettingValues } from '../../contract/runtime'
import type { Collection } from '../store/store.types'

/** A build that was chosen: of a runtime (id = runtime), or of the versions of one kind and variant (id = `lineOf`). */
export const pointerSchema = z.object({ build: z.string(), at: z.string() })
export type Pointer = z.infer<typeof pointerSchema>

/** One change of the active build of a kind, with the settings that went with the one before. */
export const switchSchema = z.object({
  runtime: z.string(),
  kind: z.string(),
  from: z.string(),
  fromTitle: z.string(),
  to: z.string(),
  settings: settingValuesSchema,
  undone: z.boolean(),
  at: z.string(),
})
export type Switch = z.infer<typeof switchSchema>

export type Pointers = ReadonlyMap<string, string>
export const pointersOf = (collection: Pick<Collection<Pointer>, 'all'>): Pointers =>
  new Map(collection.all().map(({ id, value }) => [id, value.build]))

/** Versions of one kind and variant stand beside each other; one of them is active. */
export const lineOf = ({ runtime, kind, variant }: Pick<Build, 'runtime' | 'kind' | 'variant'>) => `${runtime}/${kind}/${variant ?? ''}`

/** A running server costs nothing to use, an installed or found program is faster than the engine that comes with the app. */
const preference: readonly Build['origin'][] = ['running', 'managed', 'adopted', 'bundled']

/**
 * Builds in the order that starts take them: for each runtime the one that was chosen, then by origin, and versions that are
 * not the active one of their line last. The order of what is equal stays.
 */
export function inOrder(builds: readonly Build[], pointers: Pointers): Build[] {
  const rank = (build: Build) => {
    if (pointers.get(build.runtime) === build.id) return -1
    return preference.indexOf(build.origin) + (isInactive(build, builds, pointers) ? preference.length : 0)
  }
  return [...builds].sort((left, right) => rank(left) - rank(right))
}

/** Whether another version of its line is the active one: the one that was chosen, else the first of the list. */
function isInactive(build: Build, builds: readonly Build[], pointers: Pointers): boolean {
  if (build.origin !== 'managed') return false
  const line = builds.filter(each => each.origin === 'managed' && lineOf(each) === lineOf(build))
  const active = line.find(each => each.id === pointers.get(lineOf(build))) ?? line[0]
  return active?.id !== build.id
}

/** What a decision may choose from: of a runtime whose build was chosen only that one, else all but inactive versions. */
export function forDecisions(builds: readonly Build[], pointers: Pointers): Build[] {
  return builds.filter(build => {
    const chosen = pointers.get(build.runtime)
    if (chosen !== undefined && builds.some(each => each.id === chosen && each.runtime === build.runtime)) return build.id === chosen
    return !isInactive(build, builds, pointers)
  })
}

/** The build that a start of this runtime takes, or of this kind of it; null when none is here. `builds` are in order. */
export const activeOf = (builds: readonly Build[], runtime: string, kind?: string): Build | null =>
  builds.find(each => each.runtime === runtime && (kind === undefined || each.kind === kind)) ?? null

export type ActiveDeps = {
  pointers: Collection<Pointer>
  switches: Collection<Switch>
  saved: Collection<SettingValues>
  now(): string
  newId(): string
}

/** The writing side: which build is active, what was switched, and how to go back. */
export function createActive({ pointers, switches, saved, now, newId }: ActiveDeps) {
  const point = (id: string, build: string) => pointers.set(id, { build, at: now() })

  const history = () =>
    switches
      .all()
      .filter(({ value }) => !value.undone)
      .sort((left, right) => right.value.at.localeCompare(left.value.at))

  /** What can be gone back on now, newest first: what was active before is here, and is not active again. */
  const open = (runtime: string, builds: readonly Build[]) =>
    history().filter(
      ({ value: { runtime: of, from } }) =>
        of === runtime && pointers.get(runtime)?.build !== from && builds.some(each => each.id === from && each.runtime === runtime),
    )

  return {
    pointers: () => pointersOf(pointers),
    /** The first of its line becomes active; a later one stands beside it until it is chosen. */
    installed(build: Build, builds: readonly Build[]) {
      const line = lineOf(build)
      if (pointers.get(line) !== null && builds.some(each => each.id === pointers.get(line)?.build)) return
      const before = builds.find(each => each.origin === 'managed' && each.id !== build.id && lineOf(each) === line)
      point(line, (before ?? build).id)
    },
    /** Chooses a build, for its runtime and its line; `settings` are the saved ones that go with it, absent = they stay. */
    use(build: Build, { before, settings }: { before: Build | null; settings?: SettingValues }) {
      const was = saved.get(build.runtime) ?? {}
      if (before && before.id !== build.id) {
        const { id: from, title: fromTitle } = before
        const change = { runtime: build.runtime, kind: build.kind, from, fromTitle, to: build.id, settings: was, undone: false, at: now() }
        switches.set(newId(), change)
      }
      point(build.runtime, build.id)
      point(lineOf(build), build.id)
      if (settings) saved.set(build.runtime, settings)
    },
    /** The switch of each kind that `rollback` would go back on. */
    rollbacks(runtime: string, builds: readonly Build[]): Switch[] {
      const all = open(runtime, builds).map(({ value }) => value)
      return all.filter(({ kind }, index) => all.findIndex(each => each.kind === kind) === index)
    },
    /** Back to the build and the settings before the newest switch; null when there is none. */
    rollback(runtime: string, { kind, builds }: { kind: string | null; builds: readonly Build[] }): Switch | null {
      for (const { id, value } of open(runtime, builds)) {
        const back = builds.find(each => each.id === value.from)
        if ((kind !== null && value.kind !== kind) || !back) continue
        switches.set(id, { ...value, undone: true })
        point(runtime, back.id)
        point(lineOf(back), back.id)
        saved.set(runtime, value.settings)
        return value
      }
      return null
    },
    /** What pointed to a build that is gone points nowhere. */
    removed(build: Build) {
      for (const { id, value } of pointers.all())
        if (value.build === build.id && (id === build.runtime || id === lineOf(build))) pointers.remove(id)
    },
  }
}
export type Active = ReturnType<typeof createActive>
