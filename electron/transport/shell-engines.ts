import type { LaunchableProcess, LaunchOptions, Launcher, OutputLine, ProcessExit, ProcessHandle } from '../core/supervisor/launcher'
import type { ToHost } from '../contract/shell'
import type { ShellLink } from './shell-link'

type EngineMessage = Extract<ToHost, { engine: number }>

/** Launches the built-in engine as a utilityProcess of Electron's main, asked for over the shell link. */
export function createShellEngineLauncher(link: ShellLink): Launcher {
  let last = 0
  const listeners = new Map<number, (message: EngineMessage) => void>()
  link.listen(message => {
    if (!('engine' in message)) return
    listeners.get(message.engine)?.(message)
    if (message.type === 'engine-exited') listeners.delete(message.engine)
  })
  return {
    launch(process: LaunchableProcess, { key }: LaunchOptions) {
      if (process.kind !== 'engine') return Promise.reject(new Error('The shell launches only the built-in engine.'))
      const engine = ++last
      return new Promise<ProcessHandle>(resolve => {
        const early: OutputLine[] = []
        let listener = (line: OutputLine): void => void early.push(line)
        let end = (_exit: ProcessExit) => {}
        const exited = new Promise<ProcessExit>(settle => {
          end = settle
        })
        const handle = (pid: number | null): ProcessHandle => ({
          pid,
          exited,
          lines(take) {
            early.splice(0).forEach(take)
            listener = take
          },
          signal: kind => link.tell({ type: 'engine-signal', engine, kind }),
          release: () => end({ exitCode: null, signal: null }),
        })
        listeners.set(engine, message => {
          if (message.type === 'engine-spawned') resolve(handle(message.pid))
          else if (message.type === 'engine-line') listener({ stream: message.stream, text: message.text })
          else {
            end({ exitCode: message.exitCode, signal: null })
            resolve(handle(null))
          }
        })
        link.tell({ type: 'engine-start', engine, options: JSON.stringify(process.options), key })
      })
    },
  }
}
