import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import type { Instance, StartRequest } from '../../../electron/contract/instance'
import { startRequestSchema } from '../../../electron/contract/instance'
import { systemClock } from '../../../electron/core/lib/clock'
import { defineRuntime, type Launch, type LaunchInput, type LaunchPlan, type Runtime } from '../../../electron/core/runtimes/runtime'
import type { Collection } from '../../../electron/core/store/store.types'
import { createEngineLauncher } from '../../../electron/core/supervisor/engine-launcher'
import { createLedger, type RunRow } from '../../../electron/core/supervisor/ledger'
import { createServiceLauncher } from '../../../electron/core/supervisor/service-launcher'
import { createSpawnLauncher } from '../../../electron/core/supervisor/spawn-launcher'
import { createSupervisor, type SupervisorDeps } from '../../../electron/core/supervisor/supervisor'
import type { StartSpec, Supervisor } from '../../../electron/core/supervisor/supervisor.types'

export const fakeFile = join(import.meta.dirname, '..', '..', 'fixtures', 'fake-runtime.mjs')

/** Rows kept in memory, as a store keeps them. */
export function collectionInMemory<Value>(): Collection<Value> {
  const rows = new Map<string, Value>()
  return {
    get: id => rows.get(id) ?? null,
    set: (id, value) => void rows.set(id, value),
    remove: id => void rows.delete(id),
    all: () => [...rows].map(([id, value]) => ({ id, value })),
  }
}

export type FakeOptions = {
  behaviour?: readonly string[] | ((attempt: number) => readonly string[])
  plan?: Partial<LaunchPlan>
  launch?: Partial<Launch>
  request?: Partial<StartRequest>
  spec?: Partial<StartSpec>
  input?: Partial<LaunchInput>
}

/** The adapter of the fake runtime, and a spec that starts it. */
export function fakeSpec(
  key: string,
  { behaviour = [], plan = {}, launch = {}, request = {}, spec = {}, input = {} }: FakeOptions = {},
): StartSpec {
  let attempts = 0
  const launching: Launch = {
    plan: ({ port, key: secret }) => {
      attempts += 1
      const flags = typeof behaviour === 'function' ? behaviour(attempts) : behaviour
      return {
        process: {
          kind: 'spawn',
          file: process.execPath,
          args: [fakeFile, '--port', String(port), ...flags],
          env: { FAKE_KEY: secret },
          cwd: null,
        },
        address: `http://127.0.0.1:${port}`,
        headers: { authorization: `Bearer ${secret}` },
        upstreamModel: 'fake',
        readyPath: '/health',
        prepare: [],
        stallMs: 10_000,
        stop: { graceMs: 1_000, secondSignal: false },
        ...plan,
      }
    },
    progress: line => (line === 'loading the model' ? { progress: 0.5, step: 'Loading the model' } : null),
    level: line => (line.startsWith('error') ? 'error' : 'info'),
    explain: () => null,
    placement: () => null,
    refusedFlags: {},
    ...launch,
  }
  const runtime = { id: 'fake.runtime', title: 'Fake', launch: launching } as Partial<Runtime> as Runtime
  const build = {
    id: 'fake@1',
    runtime: runtime.id,
    kind: 'fake',
    title: 'Fake 1',
    version: '1',
    variant: null,
    origin: 'adopted',
    path: process.execPath,
    backends: ['cpu'],
    notes: [],
  } as const
  const wanted = startRequestSchema.parse({ runtime: runtime.id, build: build.id, model: 'org/fake:F16', ...request })
  return {
    key,
    runtime: defineRuntime(runtime),
    build: { ...build, backends: [...build.backends], notes: [] },
    model: { id: 'org/fake:F16', title: 'Fake model', engineTest: false },
    route: 'fake',
    request: wanted,
    estimate: null,
    speedEstimate: null,
    makeInput: means =>
      ({
        request: wanted,
        build: { ...build, backends: [...build.backends], notes: [] },
        model: { id: 'org/fake:F16', title: 'Fake model', path: fakeFile, sha256: null, facts: null },
        route: 'fake',
        contextTokens: 2048,
        slots: 2,
        threads: 1,
        gpuLayers: null,
        kvQuantisation: 'f16',
        ...means,
        ...input,
      }) as LaunchInput,
    ...spec,
  }
}

export type Booted = { supervisor: Supervisor; rows: Collection<RunRow>; installId: string; folder: string; states(id?: string): string[] }

const booted: { supervisor: Supervisor; folder: string }[] = []

/** A supervisor with a home of its own; `cleanUp` ends all that it started. */
export async function boot(
  options: Partial<SupervisorDeps> & { environment?: NodeJS.ProcessEnv; rows?: Collection<RunRow>; installId?: string } = {},
): Promise<Booted> {
  const { environment, rows = collectionInMemory<RunRow>(), installId = randomUUID(), ...deps } = options
  const folder = await mkdtemp(join(tmpdir(), 'rh-supervisor-'))
  const spawn = createSpawnLauncher({ installId, ...(environment ? { environment } : {}) })
  const supervisor = createSupervisor({
    launchers: {
      spawn,
      engine: createEngineLauncher({ node: process.execPath, file: fakeFile, spawn }),
      service: createServiceLauncher({ spawn, ...(environment ? { environment } : {}) }),
    },
    ledger: createLedger({ rows, installId, clock: systemClock }),
    clock: systemClock,
    fetch: globalThis.fetch,
    installId,
    logsFolder: join(folder, 'logs'),
    runFolder: join(folder, 'run'),
    ...deps,
    timings: { stallCheckMs: 50, healthEveryMs: 50, secondSignalMs: 300, killWaitMs: 5_000, ...deps.timings },
    policy: { firstDelayMs: 50, jitter: 0, ...deps.policy },
  })
  const seen: { id: string; kind: string }[] = []
  supervisor.subscribe(event => {
    if (event.type !== 'changed') return
    const { id, state } = event.instance
    if (seen.findLast(each => each.id === id)?.kind !== state.kind) seen.push({ id, kind: state.kind })
  })
  booted.push({ supervisor, folder })
  return { supervisor, rows, installId, folder, states: id => seen.filter(each => !id || each.id === id).map(each => each.kind) }
}

export async function cleanUp() {
  for (const { supervisor, folder } of booted.splice(0)) {
    await supervisor.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Alive and not a zombie that waits for its parent. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat !== null) return !/\) [ZX]/.test(stat)
  if (process.platform === 'linux') return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export async function until(what: () => boolean | Promise<boolean>, limitMs = 5_000): Promise<void> {
  const beganMs = performance.now()
  while (!(await what())) {
    if (performance.now() - beganMs > limitMs) throw new Error(`not within ${limitMs} ms: ${what.toString()}`)
    await sleep(20)
  }
}

export const logText = (supervisor: Supervisor, id: string) => (supervisor.logs(id)?.lines() ?? []).map(line => line.text).join('\n')

/** Pids that the fake said it forked. */
export const childrenOf = (supervisor: Supervisor, id: string) =>
  [...logText(supervisor, id).matchAll(/^child (\d+)$/gm)].map(match => Number(match[1]))

export function pidOf({ pid }: Instance): number {
  if (pid === null) throw new Error('there is no process')
  return pid
}
