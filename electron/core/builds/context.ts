import { randomUUID } from 'node:crypto'
import { homedir } from 'node:os'
import { Failure } from '../../contract/failure'
import type { Instance, InstancesEvent } from '../../contract/instance'
import type { Machine } from '../../contract/machine'
import type { LibraryModel } from '../../contract/model'
import type { Build, InstallOffer } from '../../contract/runtime'
import { createBuildFinder } from '../install/find-builds'
import { createInstaller } from '../install/installer'
import { createIntegrity } from '../install/integrity'
import { createKnownFlags } from '../install/known-flags'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import type { Home } from '../lib/home'
import type { Jobs } from '../lib/jobs.types'
import { runTool } from '../lib/run-tool'
import { createDownloader } from '../models/download'
import type { Fetch } from '../models/network'
import type { Runtime } from '../runtimes/runtime'
import type { Trial, TrialInput } from '../stack/stack.types'
import type { Store } from '../store/store.types'
import { createActive, inOrder } from './active'
import { buildStores } from './stores'

export type RuntimesServiceDeps = {
  home: Home
  background: Background
  clock: Clock
  environment: NodeJS.ProcessEnv
  jobs: Jobs
  store: Store
  runtimes: readonly Runtime[]
  /** Through the environment's proxy and certificates. */
  fetch: Fetch
  pypiReachable(): boolean | null
  machine(): Promise<Machine>
  /** What was found, as it was found; `builds` are ordered here. */
  advice: { builds(): Promise<Build[]>; offers(): Promise<InstallOffer[]>; forget(): void }
  supervisor: { list(): Instance[]; subscribe(listener: (event: InstancesEvent) => void): () => void }
  library: { resolve(word: string): LibraryModel | null }
  measure(runtime: Runtime, input: TrialInput): Promise<Trial | null>
  standIn(runtime: Runtime): { id: string; title: string } | null
  report(error: unknown): void
}

const github = 'https://api.github.com'
const isLive = ({ state }: Instance) => !['stopped', 'failed'].includes(state.kind)

export type BuildContext = ReturnType<typeof createBuildContext>

/** Finder, installer and stores of builds, wired, with the look-ups that every action needs. */
export function createBuildContext(deps: RuntimesServiceDeps) {
  const { home, background, clock, environment, fetch, supervisor, advice } = deps
  const stores = buildStores(deps.store)
  const places = { runTool, fetch, environment, homeFolder: homedir(), buildsFolder: home.builds }
  const finder = createBuildFinder(places)
  const installer = createInstaller({
    ...{ ...places, background, clock, pypiReachable: deps.pypiReachable, findBuilds: finder.find },
    downloader: createDownloader({ fetch, background }),
    githubAddress: environment['ROUNDHOUSE_GITHUB'] ?? github,
  })
  const { managed } = installer
  const now = () => clock.wall()
  const learned = createEventBus<null>()
  const active = createActive({ ...stores, now, newId: randomUUID })
  /** In the order that starts take them. */
  const order = (found: readonly Build[]) => inOrder(found, active.pointers())
  const builds = async () => order(await advice.builds())
  return {
    ...{ deps, stores, places, finder, installer, managed, active, order, builds, now },
    integrity: createIntegrity({ managed, background, clock, collection: stores.files }),
    flags: createKnownFlags({ runTool, managed, collection: stores.flags, learned: () => learned.emit(null) }),
    learned,
    saved: (runtime: string) => stores.saved.get(runtime) ?? {},
    /** Ids of the instances that run on a build. */
    usedBy: (id: string) => supervisor.list().flatMap(each => (each.build === id && isLive(each) ? [each.id] : [])),
    runtimeOf(id: string): Runtime {
      const runtime = deps.runtimes.find(each => each.id === id)
      if (!runtime) throw new Failure('not-found', `There is no runtime named ${id}.`)
      return runtime
    },
    async buildNamed(id: string): Promise<Build> {
      const build = (await builds()).find(each => each.id === id)
      if (!build) throw new Failure('not-found', `There is no build named ${id}.`)
      return build
    },
  }
}

/** Tells when a build is taken into use or let go, not at every change of an instance. */
export function watchUse({ list, subscribe }: RuntimesServiceDeps['supervisor'], changed: () => void) {
  const inUse = () =>
    list()
      .filter(isLive)
      .map(each => `${each.id} ${each.build}`)
      .join()
  let before = inUse()
  subscribe(() => {
    const now = inUse()
    if (now !== before) changed()
    before = now
  })
}
