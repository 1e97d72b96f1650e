/** What Electron's main process and the host tell each other. In headless mode nobody speaks it. */

/** Shell -> host. */
export type ToHost =
  /** A window's MessagePort comes with this message (utilityProcess). */
  | { type: 'port' }
  /** The same through process messages, where ports cannot be transferred. */
  | { type: 'port-open'; port: number }
  | { type: 'port-message'; port: number; data: unknown }
  | { type: 'port-close'; port: number }
  | { type: 'engine-spawned'; engine: number; pid: number | null }
  | { type: 'engine-line'; engine: number; stream: 'out' | 'err'; text: string }
  | { type: 'engine-exited'; engine: number; exitCode: number | null }
  | { type: 'shut-down' }
  /** The machine slept: deadlines that ran out meanwhile mean nothing. */
  | { type: 'resumed' }

/** Host -> shell. */
export type ToShell =
  | { type: 'ready'; pid: number }
  | { type: 'failed'; message: string }
  | { type: 'port-message'; port: number; data: unknown }
  /** Fork the built-in engine as a utilityProcess: with the RunAsNode fuse off only main can. */
  | { type: 'engine-start'; engine: number; options: string; key: string }
  | { type: 'engine-signal'; engine: number; kind: 'term' | 'kill' }
  /** Kept up to date, for the tray and for asking before quitting. */
  | { type: 'status'; inFlight: number; running: string[]; address: string | null; askBeforeQuit: boolean }
  | { type: 'ended' }
