import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { Failure } from '../../contract/failure'

/** Where everything of one installation lives; homes do not see each other. */
export type Home = {
  root: string
  database: string
  builds: string
  models: string
  logs: string
  run: string
}

/** Default data folder of the app per platform: XDG base directories, Apple's Application Support, Windows' local application data. */
function defaultRoot(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  // An empty variable counts as not set, and the base directories of XDG must be absolute (XDG Base Directory Specification).
  const xdg = environment.XDG_DATA_HOME
  if (platform === 'win32') return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'Roundhouse')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Roundhouse')
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share'), 'roundhouse')
}

/**
 * Paths of the home that `ROUNDHOUSE_HOME` or the platform names; makes the folders, readable by their owner only.
 * @throws Failure `home-unusable` where that cannot be done.
 */
export function openHome(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): Home {
  const root = resolve(environment.ROUNDHOUSE_HOME || defaultRoot(environment, platform))
  const home: Home = {
    root,
    database: join(root, 'database'),
    builds: join(root, 'builds'),
    models: join(root, 'models'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
  }
  try {
    for (const folder of Object.values(home)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(home.run, 0o700)
    accessSync(home.run, constants.W_OK)
  } catch (cause) {
    throw new Failure('home-unusable', `${root} cannot be used as the home: ${reasonOf(cause)}.`, { cause })
  }
  return home
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it lies on a read-only disk',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'a file stands where its folder should be',
  EEXIST: 'a file stands where its folder should be',
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && reasons[String(error.code)]) || error.message : String(error)
