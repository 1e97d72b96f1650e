import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Changes } from './changes'
import { createRunner, type Runner, type RunnerDeps } from './instance-runner'
import type { StartSpec } from './supervisor.types'

export type RunnersDeps = Omit<RunnerDeps, 'logFile' | 'onChange'> & { logsFolder: string }

/** All instances by id, oldest first. */
export function createRunners({ logsFolder, ...deps }: RunnersDeps, changes: Changes) {
  const runners = new Map<string, Runner>()
  const counters = new Map<string, number>()

  function newId(runtime: string): string {
    const name = runtime.replace(/[^A-Za-z0-9]+/g, '-')
    const number = (counters.get(name) ?? 0) + 1
    counters.set(name, number)
    return `${name}-${number}`
  }

  const of = (id: string): Runner => {
    const runner = runners.get(id)
    if (!runner) throw new Failure('not-found', `There is no instance ${id}`)
    return runner
  }

  const hasEnded = (runner: Runner) => runner.phase() === 'stopped' || runner.phase() === 'failed'

  return {
    of,
    hasEnded,
    find: (id: string) => runners.get(id) ?? null,
    withKey: (key: string) => [...runners.values()].findLast(runner => runner.spec().key === key) ?? null,
    all: () => [...runners.values()],
    add(spec: StartSpec): Runner {
      const id = newId(spec.runtime.id)
      const onChange = (urgent: boolean) => changes.changed(id, urgent)
      const runner = createRunner(id, spec, { ...deps, logFile: join(logsFolder, `${id}.log`), onChange })
      runners.set(id, runner)
      return runner
    },
    remove(id: string) {
      const runner = of(id)
      // What cannot be killed is not waited for: its row goes, and the ledger still knows its process.
      if (!hasEnded(runner) && runner.phase() !== 'stuck') throw new Failure('busy', `${id} is still alive: stop it first`)
      runners.delete(id)
      void runner.close()
      changes.removed(id)
    },
  }
}
