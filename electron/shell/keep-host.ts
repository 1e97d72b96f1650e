import type { WebContents } from 'electron'
import type { ToHost, ToShell } from '../contract/shell'
import type { createEngines } from './engines'
import { startHost, type HostProcess } from './host-process'

const MOST_RESTARTS = 5
/** Ends further apart than this are no series: the count begins again. */
const RESTARTS_WITHIN_MS = 10 * 60_000

export type KeepHostOptions = {
  file: string
  env: NodeJS.ProcessEnv
  engines: ReturnType<typeof createEngines>
  isQuitting(): boolean
  onStatus(status: Extract<ToShell, { type: 'status' }>): void
  /** A host that had to be started again serves now: the window needs a new port. */
  onBack(): void
  onEnded(): void
  onFailed(why: string): void
}

export type HostKeeper = {
  isRunning(): boolean
  send(message: ToHost): void
  connect(contents: WebContents): void
  kill(): void
}

/** Keeps one host running: starts it, carries out what it asks for, and starts it again when it breaks. */
export function keepHost(options: KeepHostOptions): HostKeeper {
  const { file, env, engines } = options
  let host: HostProcess | null = null
  let ends: number[] = []
  let failed = false
  launch(() => undefined)

  function launch(onReady: () => void) {
    host = startHost({ file, env, onMessage: message => receive(message, onReady), onExit: restart })
  }

  function receive(message: ToShell, onReady: () => void) {
    if (message.type === 'ready') onReady()
    else if (message.type === 'status') options.onStatus(message)
    else if (message.type === 'engine-start') engines.start(message)
    else if (message.type === 'engine-signal') engines.signal(message)
    else if (message.type === 'failed') fail(message.message)
    else if (message.type === 'ended') options.onEnded()
  }

  function restart() {
    host = null
    engines.endAll()
    if (failed) return
    if (options.isQuitting()) {
      options.onEnded()
      return
    }
    const now = Date.now()
    ends = [...ends.filter(at => now - at < RESTARTS_WITHIN_MS), now]
    if (ends.length > MOST_RESTARTS) fail('Its host ended too often. What it said last is in the logs folder.')
    else launch(options.onBack)
  }

  function fail(why: string) {
    failed = true
    options.onFailed(why)
  }

  return {
    isRunning: () => host !== null,
    send: message => host?.send(message),
    connect: contents => host?.connect(contents),
    kill: () => host?.kill(),
  }
}
