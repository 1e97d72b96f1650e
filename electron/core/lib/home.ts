import { chmodSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

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
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Roundhouse')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Roundhouse')
  return join(environment.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'roundhouse')
}

/** Paths of the home that `ROUNDHOUSE_HOME` or the platform names; makes the folders, readable by their owner only. */
export function openHome(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): Home {
  const root = resolve(environment.ROUNDHOUSE_HOME ?? defaultRoot(environment, platform))
  const home: Home = {
    root,
    database: join(root, 'database'),
    builds: join(root, 'builds'),
    models: join(root, 'models'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
  }
  for (const folder of Object.values(home)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(home.run, 0o700)
  return home
}
