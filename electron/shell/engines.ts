import { utilityProcess, type UtilityProcess } from 'electron'
import { createInterface } from 'readline'
import type { ToHost, ToShell } from '../contract/shell'

/** Forks the built-in engine for the host, relays its lines, and ends all of them with the host. */
export function createEngines(file: string, tell: (message: ToHost) => void) {
  const engines = new Map<number, UtilityProcess>()

  function start({ engine, options, key }: Extract<ToShell, { type: 'engine-start' }>) {
    const child = utilityProcess.fork(file, [options], {
      serviceName: 'Roundhouse engine',
      stdio: 'pipe',
      env: { ...safeEnvironment(), RH_ENGINE_KEY: key },
    })
    engines.set(engine, child)
    child.on('spawn', () => tell({ type: 'engine-spawned', engine, pid: child.pid ?? null }))
    child.on('exit', exitCode => {
      engines.delete(engine)
      tell({ type: 'engine-exited', engine, exitCode })
    })
    relay(child.stdout, 'out')
    relay(child.stderr, 'err')

    function relay(readable: NodeJS.ReadableStream | null, stream: 'out' | 'err') {
      if (readable) createInterface({ input: readable }).on('line', text => tell({ type: 'engine-line', engine, stream, text }))
    }
  }

  function signal({ engine, kind }: Extract<ToShell, { type: 'engine-signal' }>) {
    const child = engines.get(engine)
    if (kind === 'term' || child?.pid === undefined) child?.kill()
    else process.kill(child.pid, 'SIGKILL')
  }

  return {
    start,
    signal,
    endAll() {
      for (const child of engines.values()) child.kill()
    },
  }
}

const safeEnvironment = (): Record<string, string> => {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'USERPROFILE', 'GGML_METAL_PATH_RESOURCES']
  return Object.fromEntries(names.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
