import { Failure } from '../../contract/failure'
import type { Launcher } from './launcher'

export type EngineLauncherOptions = {
  /** Node's executable. */
  node: string
  /** The built electron/engine.ts. */
  file: string
  spawn: Launcher
}

/**
 * Runs the built-in engine headless, as `node engine.js '<options as JSON>'` under the guard. The secret goes by
 * RH_ENGINE_KEY, since anyone on the machine can read a command line.
 */
export function createEngineLauncher({ node, file, spawn }: EngineLauncherOptions): Launcher {
  return {
    launch(wanted, options) {
      if (wanted.kind !== 'engine') throw new Failure('unexpected', 'This launcher starts the built-in engine only')
      const env = { ...wanted.env, RH_ENGINE_KEY: options.key }
      return spawn.launch({ kind: 'spawn', file: node, args: [file, JSON.stringify(openOptions(wanted.options))], env, cwd: null }, options)
    },
  }
}

/** The engine's options as they may be seen by anyone: a key among them is left out. */
export function openOptions({ key: _key, ...open }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return open
}
