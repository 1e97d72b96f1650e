import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../contract/failure'
import { createApi } from '../core/api'
import { createCore, type Core } from '../core/core'
import { openHome, type Home } from '../core/lib/home'
import { portLeftBehind, readHostFile, takeHome, type HomeLock } from '../core/lib/home-lock'
import type { Recorded } from '../core/recorded'
import type { Launcher } from '../core/supervisor/launcher'
import { createDoors } from './rpc'
import { linkOf, startWebServer, type WebServer, type WebServerDeps } from './web-server'
import { createWebSessions } from './web-session'

export type HostOptions = {
  shell: 'electron' | 'browser'
  /** Whether pages are served to a browser; the control socket is always there. */
  pages: boolean
  hostname: string
  /** 0 takes any free port. */
  port: number
  environment: NodeJS.ProcessEnv
  /** Launches the built-in engine where only somebody else can; null starts it as a Node process. */
  engineLauncher: Launcher | null
  /** A machine to show in place of this one. */
  recorded?: Recorded | null
  /** Called when the host has ended, whoever asked for it. */
  onEnded(): void
}

/** dist/host, where this file is bundled to. */
const here = import.meta.dirname

/** Chunks of the bundle lie in dist/host as well, so both entries and chunks find the others beside them. */
const resourcesFolder = (environment: NodeJS.ProcessEnv) => environment.ROUNDHOUSE_RESOURCES ?? join(here, '..', '..', 'resources')

export type RunningHost = {
  core: Core
  doors: ReturnType<typeof createDoors>
  /** Base address of the window and the control socket. */
  address: string
  newLink(): string
  end(): Promise<void>
}

/** Starts the one host of a home. Null when another host has it; `readHostFile` then tells where it is. */
export async function runHost(options: HostOptions, home: Home = openHome(options.environment)): Promise<RunningHost | null> {
  const lock = takeHome(home.run)
  if (!lock) return null
  try {
    return await runLocked(options, home, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function runLocked(options: HostOptions, home: Home, lock: HomeLock): Promise<RunningHost> {
  let ending: Promise<void> | null = null
  const core = await createCore({
    home,
    shell: options.shell,
    resourcesFolder: resourcesFolder(options.environment),
    workerFile: join(here, 'worker.js'),
    engineFile: join(here, 'engine.js'),
    engineLauncher: options.engineLauncher,
    environment: options.environment,
    shutDown: () => void end(),
    recorded: options.recorded ?? null,
  })
  const doors = createDoors(createApi(core), error => core.report(error))
  const sessions = createWebSessions(() => performance.now())
  const controlKey = randomBytes(32).toString('base64url')
  const rendererFolder = join(here, '..', 'renderer')
  const server = await serveAgain(portLeftBehind(home.run), {
    hostname: options.hostname,
    port: options.port,
    rendererFolder: options.pages && existsSync(rendererFolder) ? rendererFolder : null,
    sessions,
    controlKey,
    serve: doors.serveSocket,
  }).catch(async (error: unknown) => {
    // A port that is taken must not leave the gateway of a host that never was.
    await core.dispose()
    throw error
  })
  lock.publish({ pid: process.pid, startedAt: new Date().toISOString(), control: server.address, controlKey })

  function end() {
    ending ??= (async () => {
      await core.dispose()
      await server.close()
      lock.release()
      options.onEnded()
    })()
    return ending
  }

  return { core, doors, address: server.address, newLink: server.newLink, end }
}

/** On the port of a host that died, where none was asked for and it is free: its windows look for their host there. */
async function serveAgain(port: number | null, deps: WebServerDeps): Promise<WebServer> {
  if (deps.port === 0 && port !== null) {
    const server = await startWebServer({ ...deps, port }).catch(() => null)
    if (server) return server
  }
  return startWebServer(deps)
}

/** Asks the running host of a home for a new one-time link. */
export async function linkToRunningHost(home: Home): Promise<string> {
  const host = readHostFile(home.run)
  if (!host) throw new Failure('busy', 'Another Roundhouse is starting with this home. Try again in a moment.')
  const reply = await fetch(`${host.control}/link`, { method: 'POST', headers: { authorization: `Bearer ${host.controlKey}` } })
  if (reply.status === 409)
    throw new Failure('busy', 'The app itself has this home open, in a window of its own. Quit it first to serve the window to a browser.')
  if (!reply.ok) throw new Failure('unexpected', `The running host answered ${reply.status} when it was asked for a link.`)
  return linkOf((await reply.json()) as { token: string; at: string })
}
