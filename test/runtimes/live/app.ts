import { join } from 'node:path'
import { startRequestSchema, type Instance, type StartRequest } from '../../../electron/contract/instance'
import { createCore, type Core } from '../../../electron/core/core'
import { openHome } from '../../../electron/core/lib/home'
import { takeHome } from '../../../electron/core/lib/home-lock'
import { must } from './rows'
import type { Talk } from './talk'

/** dist/runtimes lies beside dist/host, two below the repository. */
const root = join(import.meta.dirname, '..', '..')

export type App = { core: Core; folder: string; talk(model: string): Talk; end(): Promise<void> }

/**
 * The app's own core in this process, in a home of its own that is kept in the cache: what was installed and downloaded once
 * is there the next time.
 */
export async function startApp(cache: string, environment: NodeJS.ProcessEnv): Promise<App> {
  const home = openHome({ ...environment, ROUNDHOUSE_HOME: join(cache, 'home') })
  const lock = takeHome(home.run)
  must(lock !== null, 'Another run of this suite uses the same cache; wait for it or name another folder in ROUNDHOUSE_CACHE.')
  const core = await createCore({
    ...{ home, shell: 'browser', resourcesFolder: join(root, 'resources'), environment },
    ...{ workerFile: join(root, 'dist', 'host', 'worker.js'), engineFile: join(root, 'dist', 'host', 'engine.js') },
    ...{ engineLauncher: null, shutDown: () => undefined },
  })
  await until(() => core.gateway.status().address !== null, 'the gateway did not open')
  return {
    core,
    folder: home.root,
    talk: model => ({ address: core.gateway.status().address ?? '', key: core.key(), model }),
    async end() {
      await core.dispose()
      lock.release()
    },
  }
}

export type Started = { instance: Instance; ms: number }

/** The whole sequence that a click on Start runs: install, engine test, download, load, proof. */
export async function start(
  { core }: Pick<App, 'core'>,
  wanted: Partial<StartRequest> & Pick<StartRequest, 'runtime' | 'model'>,
): Promise<Started> {
  const began = performance.now()
  const job = await core.jobs.finished(core.stack.start(startRequestSchema.parse({ build: null, ...wanted })).id)
  must(job.state === 'done', `${job.failure?.code ?? job.state}: ${job.failure?.message ?? job.title}`)
  const instance = core.supervisor.get(job.result ?? '')
  must(instance !== null, 'the started instance is gone')
  return { instance, ms: performance.now() - began }
}

/** Waits for something of the app; polls, since it watches from outside. */
export async function until(holds: () => boolean, otherwise: string, withinMs = 30_000) {
  const end = performance.now() + withinMs
  while (!holds()) {
    must(performance.now() < end, `${otherwise} within ${Math.round(withinMs / 1000)} s`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
