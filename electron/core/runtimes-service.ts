import { homedir } from 'node:os'
import { Failure } from '../contract/failure'
import type { Job } from '../contract/job'
import type { Machine } from '../contract/machine'
import type { Build } from '../contract/runtime'
import { createBuildFinder } from './install/find-builds'
import type { Fetch, InstallOptions } from './install/install.types'
import { createInstaller } from './install/installer'
import type { Background } from './lib/background'
import type { Clock } from './lib/clock'
import type { Home } from './lib/home'
import type { Jobs } from './lib/jobs.types'
import { runTool } from './lib/run-tool'
import type { Runtime } from './runtimes/runtime'

export type RuntimesServiceDeps = {
  home: Home
  background: Background
  clock: Clock
  environment: NodeJS.ProcessEnv
  jobs: Jobs
  /** Through the environment's proxy and certificates. */
  fetch: Fetch
  pypiReachable(): boolean | null
  /** Builds or offers have changed. */
  changed(): void
}

/** Builds on this machine: found, offered and installed. */
export function createRuntimesService(deps: RuntimesServiceDeps) {
  const { home, background, clock, environment, jobs } = deps
  const finder = createBuildFinder({ runTool, fetch: deps.fetch, environment, homeFolder: homedir(), buildsFolder: home.builds })
  const installer = createInstaller({
    ...{ background, clock, runTool, fetch: deps.fetch, buildsFolder: home.builds, pypiReachable: deps.pypiReachable },
    githubAddress: environment.ROUNDHOUSE_GITHUB ?? 'https://api.github.com',
  })
  const titles = new Map<string, string>()

  async function findOffers(runtime: Runtime, machine: Machine) {
    const offers = await installer.offers(runtime, machine)
    for (const offer of offers) titles.set(offer.id, offer.title)
    return offers
  }

  async function installNow(offerId: string, options: InstallOptions): Promise<Build> {
    const build = await installer.install(offerId, options)
    deps.changed()
    return build
  }

  /** The same as a job of its own. */
  function install(offerId: string): Job {
    const title = titles.get(offerId)
    if (title === undefined) throw new Failure('not-found', `There is no offer named ${offerId}. Look for builds again.`)
    const steps = [{ id: 'install', title: 'Install' }]
    return jobs.run({ kind: 'install', title: `Install ${title}`, steps }, async job => {
      const step = job.step('install')
      step.start(title)
      const build = await installNow(offerId, { signal: job.signal, onProgress: ({ done, total }) => step.progress(done, total, 'bytes') })
      step.done(build.title)
      return build.id
    })
  }

  return { findBuilds: finder.find, findOffers, install, installNow }
}
