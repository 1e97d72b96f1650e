import { stripVTControlCharacters } from 'node:util'
import { Failure } from '../../contract/failure'
import type { ServiceProcess, ServiceStep } from '../runtimes/runtime'
import { environmentFor } from './environment'
import type { Launcher, LaunchOptions, OutputLine, ProcessExit, ProcessHandle } from './launcher'
import { carryOutUndo, keepUndo, type UndoRecord } from './service-undo'
import { runServiceCommand, type CommandRun } from './service-command'
import { checkExecutable } from './spawn-launcher'

export type ServiceLauncherDeps = {
  /** Starts the command that stays. */
  spawn: Launcher
  environment?: NodeJS.ProcessEnv
}

/** A step that failed; its output has been told line by line. */
class StepFailed extends Error {}

/**
 * Starts what is a service of its own: a few commands bring it up, one stays as long as the instance does, and on the way
 * out only what these commands changed is taken back. What was there before is never stopped.
 */
export function createServiceLauncher({ spawn, environment = process.env }: ServiceLauncherDeps): Launcher {
  /** How many live instances lean on a change that was made once, by its undo command. */
  const leaning = new Map<string, number>()
  return {
    async launch(wanted, options) {
      if (wanted.kind !== 'service') throw new Failure('unexpected', 'This launcher starts services only')
      await checkExecutable(wanted.file)
      return begin({ spawn, env: environmentFor(environment, wanted.env), leaning }, wanted, options)
    },
  }
}

type Means = { spawn: Launcher; env: Record<string, string>; leaning: Map<string, number> }

type Service = Means & {
  wanted: ServiceProcess
  options: LaunchOptions
  tell(line: OutputLine): void
  /** Aborted when it is to end, politely; `killed` when politeness is over. */
  over: AbortController
  killed: AbortController
  undo: UndoRecord[]
  prepared(address: string | null): void
}

function begin(means: Means, wanted: ServiceProcess, options: LaunchOptions): ProcessHandle {
  let listener: ((line: OutputLine) => void) | null = null
  const early: OutputLine[] = []
  const [over, killed] = [new AbortController(), new AbortController()]
  let tellPrepared: (address: string | null) => void = () => undefined
  const prepared = new Promise<string | null>(resolve => (tellPrepared = resolve))
  const tell = ({ stream, text }: OutputLine) => {
    const line = { stream, text: stripVTControlCharacters(text) }
    if (listener) listener(line)
    else early.push(line)
  }
  const service: Service = { ...means, wanted, options, tell, over, killed, undo: [], prepared: tellPrepared }
  return {
    // Its processes belong to the service and not to us.
    pid: null,
    prepared,
    exited: live(service),
    lines(newListener) {
      listener = newListener
      early.splice(0).forEach(newListener)
    },
    signal(kind) {
      over.abort()
      if (kind === 'kill') killed.abort()
    },
    release: () => killed.abort(),
  }
}

/** From the first command to the last undo; never rejects. */
async function live(service: Service): Promise<ProcessExit> {
  let exit: ProcessExit = { exitCode: 0, signal: null }
  try {
    for (const step of service.wanted.steps) await carryOut(service, step)
    exit = await stay(service)
  } catch (error) {
    if (!(error instanceof StepFailed)) service.tell({ stream: 'err', text: error instanceof Error ? error.message : String(error) })
    exit = { exitCode: 1, signal: null }
  }
  await takeBack(service)
  return exit
}

async function carryOut(service: Service, step: ServiceStep) {
  const { over, wanted } = service
  if (over.signal.aborted) throw new StepFailed()
  service.tell({ stream: 'out', text: `step: ${step.title}` })
  const key = step.undo ? JSON.stringify([wanted.file, step.undo]) : null
  if (step.unless) {
    const seen = await run(service, step.unless.args, { timeoutMs: step.timeoutMs, quiet: true })
    if (step.unless.matches.test(seen.output)) {
      // Brought up by another instance of ours: it goes when the last of them does.
      if (key !== null && service.leaning.has(key)) await promise(service, step, key)
      return
    }
  }
  if (key !== null) await promise(service, step, key)
  const first = await run(service, step.args, step)
  if (isDone(step, first)) return
  if (step.orElse?.when.test(first.output)) {
    const second = await run(service, step.orElse.args, step)
    if (isDone(step, second)) return
  }
  throw new StepFailed()
}

const isDone = (step: ServiceStep, { exitCode, output }: CommandRun) =>
  step.accepts?.test(output) === true || (exitCode === 0 && step.refuses?.test(output) !== true)

/** Written down before the change is made, so that no crash of ours can leave it behind. */
async function promise(service: Service, step: ServiceStep, key: string) {
  service.leaning.set(key, (service.leaning.get(key) ?? 0) + 1)
  service.undo.push({ key, file: service.wanted.file, args: [...(step.undo ?? [])] })
  await keepUndo(service.wanted.cwd, service.undo)
}

function run(service: Service, args: readonly string[], { timeoutMs, quiet = false }: { timeoutMs: number; quiet?: boolean }) {
  const onLine = quiet ? () => undefined : service.tell
  return runServiceCommand(service.wanted.file, args, { env: service.env, timeoutMs, signal: service.over.signal, onLine })
}

/** The command that stays. It ends when it is told to, or by itself when the service goes away. */
async function stay(service: Service): Promise<ProcessExit> {
  const { over, wanted, options, tell } = service
  let address: string | null = null
  if (wanted.address) address = wanted.address.parse((await run(service, wanted.address.args, { timeoutMs: 10_000, quiet: true })).output)
  if (over.signal.aborted) throw new StepFailed()
  const { file, env, cwd } = wanted
  const watch = await service.spawn.launch({ kind: 'spawn', file, args: wanted.watch, env, cwd }, options)
  watch.lines(tell)
  service.prepared(address)
  service.killed.signal.addEventListener('abort', () => watch.signal('kill'), { once: true })
  const ended = await Promise.race([watch.exited, toldToEnd(over.signal)])
  if (ended) return ended
  await takeBack(service)
  watch.signal('term')
  return watch.exited
}

const toldToEnd = (signal: AbortSignal) =>
  new Promise<null>(resolve => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })

/** What was changed, last first, unless another instance still leans on it. */
async function takeBack(service: Service) {
  for (const record of service.undo.splice(0).reverse()) {
    const left = (service.leaning.get(record.key) ?? 1) - 1
    if (left > 0) service.leaning.set(record.key, left)
    else {
      service.leaning.delete(record.key)
      // What it says on the way out explains nothing.
      await carryOutUndo(record, { env: service.env, signal: service.killed.signal })
    }
  }
  await keepUndo(service.wanted.cwd, service.undo)
}
