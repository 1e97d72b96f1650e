import { utilityProcess, type UtilityProcess } from 'electron'
import { createInterface } from 'readline'
import type { ToHost, ToShell } from '../contract/shell'

const ENGINE_ENDS_WITHIN_MS = 500

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
    // Numbers begin again with each host, so an engine of the host before must not speak as one of this.
    const isOurs = () => engines.get(engine) === child
    child.on('spawn', () => {
      if (isOurs()) tell({ type: 'engine-spawned', engine, pid: child.pid ?? null })
      else end(child, 'kill')
    })
    child.on('exit', exitCode => {
      if (!isOurs()) return
      engines.delete(engine)
      tell({ type: 'engine-exited', engine, exitCode })
    })
    relay(child.stdout, 'out')
    relay(child.stderr, 'err')

    function relay(readable: NodeJS.ReadableStream | null, stream: 'out' | 'err') {
      if (readable) createInterface({ input: readable }).on('line', text => isOurs() && tell({ type: 'engine-line', engine, stream, text }))
    }
  }

  function signal({ engine, kind }: Extract<ToShell, { type: 'engine-signal' }>) {
    const child = engines.get(engine)
    if (child) end(child, kind)
  }

  return {
    start,
    signal,
    endAll() {
      for (const child of engines.values()) {
        end(child, 'term')
        setTimeout(() => end(child, 'kill'), ENGINE_ENDS_WITHIN_MS)
      }
      engines.clear()
    },
  }
}

/** utilityProcess knows only a polite end. */
function end(child: UtilityProcess, kind: 'term' | 'kill') {
  if (child.pid === undefined) return
  if (kind === 'term') child.kill()
  else {
    try {
      process.kill(child.pid, 'SIGKILL')
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

const safeEnvironment = (): Record<string, string> => {
  const names = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'USERPROFILE', 'GGML_METAL_PATH_RESOURCES']
  return Object.fromEntries(names.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
