import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import type { Clock } from './lib/clock'
import type { Home } from './lib/home'
import type { Store } from './store/store.types'
import { runBriefly, type BriefRunOptions } from './supervisor/brief-run'
import { createEngineLauncher } from './supervisor/engine-launcher'
import { createLedger, runRowSchema } from './supervisor/ledger'
import { lendServer, type LendOptions } from './supervisor/lend-server'
import type { LaunchableProcess, Launcher } from './supervisor/launcher'
import { createServiceLauncher } from './supervisor/service-launcher'
import { sweepServices } from './supervisor/service-undo'
import { createSpawnLauncher } from './supervisor/spawn-launcher'
import { createSupervisor } from './supervisor/supervisor'

export type ProcessesDeps = {
  home: Home
  store: Store
  clock: Clock
  environment: NodeJS.ProcessEnv
  /** Built electron/engine.ts. */
  engineFile: string
  /** Launches the built-in engine where only somebody else can; null runs it under Node. */
  engineLauncher: Launcher | null
}

/** The supervisor of this home with its launchers and ledger. */
export function createProcesses({ home, store, clock, environment, engineFile, engineLauncher }: ProcessesDeps) {
  const installId = idOfHome(store)
  const spawn = createSpawnLauncher({ installId, environment })
  const engine = engineLauncher ?? createEngineLauncher({ node: process.execPath, file: engineFile, spawn })
  const launchers = { spawn, engine, service: createServiceLauncher({ spawn, environment }) }
  const ledger = createLedger({ rows: store.collection('runs', runRowSchema), installId, clock })
  const supervisor = createSupervisor({
    ...{ clock, installId, fetch, logsFolder: home.logs, runFolder: home.run, launchers, ledger },
  })
  return {
    ...supervisor,
    /** Runs a runtime for what it says before it serves, and ends it there. */
    runBriefly: (process: LaunchableProcess, options: BriefRunOptions) => runBriefly(launchers, process, options),
    /** Starts a server for a piece of work; it ends with it, or with the app. */
    lend: (options: LendOptions) => lendServer({ launchers, ledger, installId, fetch }, options),
    sweep: async () => [...(await supervisor.sweep()), ...(await sweepServices(home.run, environment))],
  }
}

/** Marks every process that this home starts; made once. */
function idOfHome(store: Store): string {
  const rows = store.collection('home', z.string())
  const known = rows.get('id')
  if (known !== null) return known
  const id = randomBytes(8).toString('hex')
  rows.set('id', id)
  return id
}
