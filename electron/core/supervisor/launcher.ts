import type { LaunchPlan } from '../runtimes/runtime'

/** What a launcher can start: everything but a server that runs already. */
export type LaunchableProcess = Exclude<LaunchPlan['process'], { kind: 'attach' }>

export type LaunchOptions = {
  /** Unique for each start; the marker RH_RUN_ID in the runtime's environment is made from it. */
  runId: string
  /** Secret of this start, for the built-in engine: handed over by the environment, never on the command line. */
  key: string
}

export type OutputLine = { stream: 'out' | 'err'; text: string }

export type ProcessExit = { exitCode: number | null; signal: string | null }

/** A process that was started, whoever started it: the spawn launcher here, or Electron's main for the built-in engine. */
export type ProcessHandle = {
  /** The runtime's own process, null where the platform does not tell. */
  readonly pid: number | null
  /** Of a service: settles when it is up, with its address where that is not the plan's; stays open when it never comes up. */
  readonly prepared?: Promise<string | null>
  /** Must be called once, at once: output is always read, or the runtime would block on a full pipe. */
  lines(listener: (line: OutputLine) => void): void
  /** Settles when the process and all that it left in its group have ended and the output is read. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** To the whole group. Silent when nothing is left to signal. */
  signal(kind: 'term' | 'kill'): void
  /** Lets go of a process that cannot be ended: pipes are closed, nothing waits for it any more. */
  release(): void
}

export type Launcher = {
  /** Rejects with Failure `not-installed` when the executable is missing or may not be run. */
  launch(process: LaunchableProcess, options: LaunchOptions): Promise<ProcessHandle>
}

/** The launcher of each kind of process. */
export type Launchers = { readonly [Kind in LaunchableProcess['kind']]: Launcher }
