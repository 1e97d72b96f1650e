import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import type { Autopsy } from '../../contract/instance'
import type { Clock } from '../lib/clock'
import type { Launch, LaunchInput, LaunchPlan } from '../runtimes/runtime'
import { autopsyOf, notPrepared, type Circumstance } from './autopsy'
import { keepLine } from './attempt-lines'
import { makeMeans, withFreePort, type Means } from './attempt-means'
import { countOomKills, gatherEvidence } from './evidence'
import { watchHealth } from './health'
import type { LaunchableProcess, Launchers, OutputLine, ProcessExit, ProcessHandle } from './launcher'
import type { Ledger } from './ledger'
import { linkFiles, removeScratch } from './link-files'
import type { LogBook } from './logs'
import { listenerBelongs, type Ports } from './ports'
import { aborted, orAborted } from './aborted'
import { askingFetch } from './own-questions'
import { becomeReady, ExposedListener, ForeignListener } from './ready'
import { markerOf } from './spawn-launcher'
import { watchStall, type StallWatch } from './stall'
import type { StartSpec } from './supervisor.types'
import { terminate } from './terminate'
import type { Timings } from './timings'

export type AttemptDeps = {
  launchers: Launchers
  ledger: Ledger
  ports: Ports
  clock: Clock
  fetch: typeof globalThis.fetch
  /** As the spawn launcher has it. */
  installId: string
  /** Each instance gets a folder of its own in it. */
  runFolder: string
  timings: Timings
}

/** What an attempt tells; after `onEnded` it tells nothing more. */
export type AttemptEvents = {
  onPlanned(input: LaunchInput, plan: LaunchPlan): void
  onPid(pid: number | null): void
  /** A service listens elsewhere than planned. */
  onAddress(address: string): void
  onStep(step: string, progress: number | null): void
  onReady(): void
  /** It lives but is of no use: `end('failure')` is expected. */
  onBroken(): void
  /** Nothing of it is alive. Null when the person ended it. */
  onEnded(autopsy: Autopsy | null): void
  onUnkillable(why: string): void
}

export type Attempt = { end(why: 'person' | 'failure'): void }

export type AttemptSubject = { instanceId: string; spec: StartSpec; logs: LogBook; events: AttemptEvents }

type Run = AttemptSubject & {
  deps: AttemptDeps
  runId: string
  /** Aborted as soon as the attempt is ending, whatever the reason. */
  over: AbortController
  circumstance: Circumstance
  endedBy: 'person' | 'failure' | null
  handle: ProcessHandle | null
  exit: ProcessExit
  isReady: boolean
}

/** What was said long before the end does not explain it. */
const examinedLines = 2_000

/** A process that fails during the first token is seen to end shortly after its connection broke. */
const exitFollowsMs = 1_000

/** One try at starting: plan, process, readiness, watch. Everything it takes is its own and given back when it ends. */
export function beginAttempt(deps: AttemptDeps, subject: AttemptSubject): Attempt {
  const exit: ProcessExit = { exitCode: null, signal: null }
  const circumstance: Circumstance = { kind: 'exited', why: null }
  const own = { runId: randomUUID(), over: new AbortController(), circumstance, endedBy: null, handle: null, exit, isReady: false }
  const run: Run = { ...subject, deps, ...own }
  void carryOut(run)
  return {
    end(why) {
      if (run.endedBy !== 'person') run.endedBy = why
      run.over.abort()
    },
  }
}

async function carryOut(run: Run) {
  const { deps, spec, events } = run
  const firstLine = run.logs.mark()
  const oomKillsBefore = await countOomKills()
  let means: Means | null = null
  let autopsy: Autopsy | null = null
  try {
    means = await makeMeans(deps, run.instanceId, spec)
    run.logs.hide(means.key)
    const input = await orAborted(run.over.signal, Promise.resolve(spec.makeInput(means, run.over.signal)))
    const launch = launchOf(spec)
    const plan = launch.plan(input)
    events.onPlanned(input, plan)
    for (const note of plan.notes ?? []) run.logs.add('note', note, 'warn')
    if (!run.over.signal.aborted) await serveLinked(run, plan, input)
    const killedByUs = run.over.signal.aborted && run.endedBy !== null
    run.over.abort()
    if (run.endedBy !== 'person') {
      const seen = {
        ...run.exit,
        lines: linesOf(run, firstLine),
        stalled: run.circumstance.kind === 'stalled',
        killedByUs,
        oomKillsBefore,
      }
      const evidence = await gatherEvidence(input, seen)
      autopsy = await withFreePort(autopsyOf({ circumstance: run.circumstance, evidence, launch, at: deps.clock.wall() }), deps.ports)
    }
  } catch (error) {
    if (run.endedBy !== 'person') autopsy = notPrepared(messageOf(error), deps.clock.wall())
  }
  means?.giveBack()
  events.onEnded(autopsy)
}

/** What the plan needs on the disk is there while it lives, and gone afterwards. */
async function serveLinked(run: Run, plan: LaunchPlan, input: LaunchInput) {
  for (const problem of await linkFiles(plan)) run.logs.add('note', problem, 'warn')
  await serve(run, plan, input)
  await removeScratch(plan).catch((error: unknown) => run.logs.add('note', messageOf(error), 'warn'))
}

/** Resolves when nothing of it is alive, or for an attached server when it is no longer watched. */
async function serve(run: Run, plan: LaunchPlan, input: LaunchInput) {
  if (plan.process.kind !== 'attach') return serveProcess(run, plan, { process: plan.process, input })
  void bringUp(run, plan, null)
  await aborted(run.over.signal)
}

async function serveProcess(run: Run, plan: LaunchPlan, { process, input }: { process: LaunchableProcess; input: LaunchInput }) {
  const { deps, runId } = run
  const executable = process.kind === 'engine' ? 'built-in engine' : process.file
  // What cannot be recorded (a full disk) runs all the same: the guard ends it with us, and the sweep knows it by its marker.
  const noted = (error: unknown) => run.logs.add('note', messageOf(error), 'warn')
  await deps.ledger.begin({ runId, instance: run.instanceId, executable, port: input.port }).catch(noted)
  try {
    run.handle = await deps.launchers[process.kind].launch(process, { runId, key: input.key })
    await serveHandle(run, plan, run.handle)
  } catch (error) {
    run.circumstance = { kind: 'not-launched', why: messageOf(error) }
  } finally {
    deps.ledger.ended(runId)
  }
}

async function serveHandle(run: Run, plan: LaunchPlan, handle: ProcessHandle) {
  const { deps, events, logs, over } = run
  const onStall = () => broken(run, { kind: 'stalled', why: null })
  const stall = watchStall({ clock: deps.clock, stallMs: plan.stallMs, checkEveryMs: deps.timings.stallCheckMs, onStall })
  let alive = true
  handle.lines(line => takeLine(run, line, stall))
  events.onPid(handle.pid)
  // Its marker is found by the sweep all the same, and a live process must not be lost over a full disk.
  await deps.ledger.launched(run.runId, handle.pid).catch((error: unknown) => logs.add('note', messageOf(error), 'warn'))
  void bringUp(run, plan, stall)
  void aborted(over.signal).then(async () => {
    if (alive) await terminate(handle, { stop: plan.stop, endedBy: run.endedBy, timings: deps.timings, events })
  })
  run.exit = await handle.exited
  alive = false
  stall.end()
  const { exitCode, signal } = run.exit
  logs.add('note', signal === null ? `The process ended with code ${exitCode ?? 'unknown'}` : `The process ended by ${signal}`, 'info')
}

/** From health to the first token, then watch; never rejects. */
async function bringUp(run: Run, planned: LaunchPlan, stall: StallWatch | null) {
  const { deps, events, over } = run
  try {
    const plan = await whereItListens(run, planned)
    const fetch = askingFetch(deps.fetch, run.logs.questions)
    await becomeReady(plan, {
      ...{ fetch, timings: deps.timings, signal: over.signal },
      owner: () => ownerOf(run, plan),
      onStep: step => events.onStep(step, null),
      onHealth: () => stall?.touch(),
      onHealthy: () => stall?.end(),
    })
    over.signal.throwIfAborted()
    run.isReady = true
    events.onReady()
    await watchHealth(plan, { ...deps, fetch, signal: over.signal })
    broken(run, { kind: 'unresponsive', why: null })
  } catch (error) {
    if (run.handle) await sleep(exitFollowsMs, undefined, { signal: over.signal }).catch(() => undefined)
    broken(run, { kind: whyNotReady(error), why: messageOf(error) })
  }
}

function whyNotReady(error: unknown): Circumstance['kind'] {
  if (error instanceof ForeignListener) return 'foreign-listener'
  return error instanceof ExposedListener ? 'exposed-listener' : 'not-ready'
}

/** The plan with the address that a service turned out to have. */
async function whereItListens({ handle, events, over }: Run, plan: LaunchPlan): Promise<LaunchPlan> {
  const address = await Promise.race([handle?.prepared ?? null, aborted(over.signal).then(() => null)])
  over.signal.throwIfAborted()
  if (address === null || address === plan.address) return plan
  events.onAddress(address)
  return { ...plan, address }
}

/** What the runtime itself said in this attempt; notes of ours are no evidence. */
const linesOf = ({ logs }: Run, first: number) =>
  logs
    .since(first)
    .filter(line => line.stream !== 'note')
    .slice(-examinedLines)

function broken(run: Run, circumstance: Circumstance) {
  if (run.over.signal.aborted || run.circumstance.kind !== 'exited') return
  run.circumstance = circumstance
  run.events.onBroken()
}

function ownerOf({ handle, deps, runId }: Run, plan: LaunchPlan) {
  if (!handle) return Promise.resolve('ours' as const)
  const port = Number(new URL(plan.address).port)
  if (handle.pid === null || port === 0) return Promise.resolve('unknown' as const)
  return listenerBelongs(port, handle.pid, markerOf(deps.installId, runId))
}

function takeLine(run: Run, line: OutputLine, stall: StallWatch) {
  stall.touch()
  const { fatal, progress } = keepLine(run.logs, launchOf(run.spec), line)
  if (progress) run.events.onStep(progress.step, progress.progress)
  // The rest of a traceback follows, and says why.
  if (fatal && !run.isReady) setTimeout(() => broken(run, { kind: 'not-ready', why: line.text }), exitFollowsMs)
}

function launchOf({ runtime }: StartSpec): Launch {
  if (!runtime.launch) throw new Failure('not-available-here', `${runtime.title} cannot be started by Roundhouse yet`)
  return runtime.launch
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
