import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { correctionSchema } from '../contract/machine'
import type { SystemInfo } from '../contract/system'
import packageJson from '../../package.json' with { type: 'json' }
import { createAdvice } from './advice'
import { catalogue } from './catalogue'
import { createFoundation } from './core-foundation'
import { createServing } from './core-serving'
import { machineFactSchema } from './hardware/changes'
import { createMachineService, measuredDiskSchema, measuredMemorySchema } from './machine'
import { createModelServices } from './model-services'
import type { Home } from './lib/home'
import type { Library } from './models/library.types'
import type { Sources } from './models/sources'
import { createPredictions } from './predictions'
import { createProcesses } from './processes'
import { broughtAlong, correctionsOf, onlyLookedAt, type Recorded } from './recorded'
import { runtimes as registry } from './runtimes/registry'
import type { Runtime } from './runtimes/runtime'
import { createRuntimesService } from './runtimes-service'
import { createEngineTestFolder, engineTestFor } from './stack/engine-test'
import { readGolden } from './stack/golden'
import { createSimulations, simulationRowSchema } from './simulations'
import { createStack } from './stack/stack'
import { watchThreads } from './stack/thread-watch'
import { createStatusWatch } from './status'
import type { Store } from './store/store.types'
import type { Launcher } from './supervisor/launcher'

export type CoreOptions = {
  home: Home
  shell: SystemInfo['shell']
  resourcesFolder: string
  /** Built electron/worker.ts and electron/engine.ts. */
  workerFile: string
  engineFile: string
  engineLauncher: Launcher | null
  environment: NodeJS.ProcessEnv
  shutDown(): void
  /** A machine to show in place of this one; nothing is started on it. */
  recorded?: Recorded | null
  /** The runtimes it knows; absent: those of the registry. */
  runtimes?: readonly Runtime[]
}

/** Every service once, by hand, in order of dependency. No container, no globals, no Electron. */
export async function createCore(options: CoreOptions) {
  const { home, environment, resourcesFolder, recorded = null, runtimes = registry } = options
  const foundation = createFoundation(options)
  const { clock, store, settings, measurements, background, jobs, report } = foundation

  const supervisor = createProcesses({ ...options, store, clock })
  const swept = await supervisor.sweep()

  const machine = createMachineService({
    ...{ background, clock, recorded, corrections: store.collection(correctionsOf(recorded), correctionSchema) },
    facts: store.collection('machine-facts', machineFactSchema),
    measured: store.collection('measured-memory', measuredMemorySchema),
    measuredDisks: store.collection('measured-disks', measuredDiskSchema),
    modelsFolder: () => settings.get().modelsFolder ?? home.models,
  })
  const { models, library, sources, fetch, hub, modelReach } = createModelServices({
    ...{ home, resourcesFolder, background, clock, environment, jobs, store, settings, catalogue, runtimes },
    ...{ machine: machine.current, machineKnown: machine.read },
    // Asked for only when a person wants a conversion, which is after all of these are here.
    offersOf: async runtime => (await advice.offers()).filter(each => each.runtime === runtime),
    installBuild: (offer, options) => runtimesService.installNow(offer, options),
    lendServer: supervisor.lend,
  })
  await sweepInto(swept, modelReach.conversions.sweep(), report)
  const runtimesService = createRuntimesService({
    ...{ home, background, clock, environment, jobs, fetch, store, runtimes, supervisor, library, report },
    pypiReachable: () => sources.reachable().pypi,
    machine: machine.read,
    advice: { builds: () => advice.builds(), offers: () => advice.offers(), forget: () => advice.forget() },
    measure: (runtime, input) => stack.measure(runtime, input),
    standIn: runtime => stack.standIn(runtime),
  })
  const { findBuilds, findOffers, pointers, offersCame, checkBuild, knownFlags, savedSettings } = runtimesService
  const engineTestFolder = createEngineTestFolder({ background, resourcesFolder, addedAt: clock.wall() })
  const advice = createAdvice({
    ...{ runtimes, catalogue, measurements, machine: machine.read, library: library.list, reachable: sources.reachable },
    ...{ findBuilds, findOffers, pointers, offersCame, savedSettings, report },
    engineTest: runtime => engineTestFor({ library, engineTestFolder }, runtime),
    simulations: createSimulations({ kept: store.collection('simulations', simulationRowSchema), clock, run: supervisor.runBriefly }),
    ...(recorded ? broughtAlong(resourcesFolder, measurements) : {}),
  })

  const stack = createStack({
    // Without keep-alive: llama.cpp's server closes a connection after a hundred requests, which a proof may exceed.
    dispatcher: new Agent({ pipelining: 0 }),
    ...{ runtimes, supervisor, jobs, clock, measurements, library, knows: models.knows, fetchModel: models.fetchModel },
    golden: readGolden(resourcesFolder),
    engineTestFolder,
    ...{ buildProofs: runtimesService.proofs, checkBuild, knownFlags, savedSettings },
    machine: machine.read,
    builds: runtimesService.builds,
    offers: advice.offers,
    install: runtimesService.installNow,
    recommend: ({ model }) => advice.decide({ ...settings.get().need, ...(model === null ? {} : { model }) }),
    estimate: advice.estimate,
    load: () => loadavg()[0] ?? 0,
  })
  const serving = createServing({ ...foundation, home, supervisor, runtimes })
  const { gateway, comparisons } = serving
  const startedAt = clock.wall()
  const end = goLive({ ...foundation, ...serving, supervisor, machine, library, models, sources })
  let ended: Promise<void> | null = null

  const acting = { models, stack, ...advice, runtimes: { ...runtimesService, list: advice.summaries, refresh: advice.refresh } }
  return {
    ...{ machine, settings, hub, modelReach, jobs, supervisor, gateway, comparisons, measurements, report },
    predictions: createPredictions({ measurements, runtimes, catalogue, library: library.list, builds: advice.builds }),
    ...{ metrics: serving.metrics, exchange: serving.exchange, key: serving.key },
    ...(recorded ? onlyLookedAt(acting) : acting),
    info: (): SystemInfo => ({
      ...{ version: packageJson.version, home: home.root, shell: options.shell, platform: process.platform, node: process.versions.node },
      ...{ hostPid: process.pid, startedAt, notices: [...store.notices, ...swept] },
      ...{ recorded: recorded?.name ?? null, firstStart: foundation.firstStart() },
    }),
    shutDown: options.shutDown,
    watchStatus: createStatusWatch({ supervisor, gateway, settings }),
    resumed: () => void machine.detect().catch(report),
    dispose: () => (ended ??= end()),
  }
}
export type Core = Awaited<ReturnType<typeof createCore>>

/** The start waits so long for leftovers to be gone; gigabytes on a slow disk go on being deleted while the window opens. */
const sweptWithinMs = 1_000

async function sweepInto(notices: string[], sweeping: Promise<string[]>, report: (error: unknown) => void) {
  const told = sweeping.then(found => void notices.push(...found)).catch(report)
  await Promise.race([told, sleep(sweptWithinMs, null, { ref: false })])
}

type Live = Pick<Core, 'settings' | 'supervisor' | 'gateway' | 'machine' | 'models' | 'comparisons' | 'report'> & {
  library: Library
  sources: Sources
  dispatcher: Agent
  store: Store
}

/** Starts what works by itself, and returns how all of it ends. None of it holds up the window. */
function goLive({ settings, supervisor, gateway, machine, library, models, sources, comparisons, dispatcher, store, report }: Live) {
  supervisor.subscribe(() => gateway.routesChanged())
  machine.subscribe(models.changed)
  let { hubAddress, modelsFolder } = settings.get()
  settings.subscribe(now => {
    if (now.hubAddress !== hubAddress) void sources.refresh().catch(report)
    if (now.modelsFolder !== modelsFolder) models.changed()
    ;({ hubAddress, modelsFolder } = now)
  })
  watchThreads({ supervisor, gateway, report })
  for (const work of [gateway.listen(), machine.read(), library.start(), sources.probe()]) void work.catch(report)
  return async () => {
    await comparisons.close()
    await Promise.all([supervisor.dispose(), gateway.close()])
    await dispatcher.close()
    machine.end()
    store.close()
  }
}
