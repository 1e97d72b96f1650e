import type { Autopsy, Instance, InstanceState } from '../../contract/instance'
import type { LaunchInput, LaunchPlan } from '../runtimes/runtime'
import { notPrepared } from './autopsy'
import { openOptions } from './engine-launcher'
import type { Phase } from './states'
import type { StartSpec } from './supervisor.types'

/** An instance before its first start. */
export function newInstance(id: string, spec: StartSpec, at: string): Instance {
  const empty = {
    ...{ id, adopted: false, pid: null, address: null, command: [], contextTokens: null, slots: null, threads: null },
    ...{ proof: null, residentMiB: null, restarts: 0, lastRestartWhy: null, notices: [], startedAt: at },
  }
  return { ...empty, ...fromSpec(spec), state: { kind: 'stopped', since: at } }
}

/** The same instance with what another spec says. */
export const withSpec = (instance: Instance, spec: StartSpec): Instance => ({ ...instance, ...fromSpec(spec), notices: [] })

const fromSpec = ({ runtime, build, model, route, request, estimate, speedEstimate }: StartSpec) => ({
  ...{ runtime: runtime.id, runtimeTitle: runtime.title, build: build.id, buildTitle: build.title },
  ...{ model: model.id, modelTitle: model.title, engineTest: model.engineTest, route },
  ...{ request, estimate, speedEstimate },
})

/** The command as a person may see it: the secret of this start is left out. */
export function commandOf({ process, address }: LaunchPlan, { key }: LaunchInput): string[] {
  const command =
    process.kind === 'spawn'
      ? [process.file, ...process.args]
      : process.kind === 'service'
        ? [process.file, ...(process.steps.at(-1)?.args ?? process.watch)]
        : process.kind === 'engine'
          ? ['built-in engine', JSON.stringify(openOptions(process.options))]
          : ['attached', address]
  return key === '' ? command : command.map(part => part.replaceAll(key, '***'))
}

type Known = { since: string; autopsy: Autopsy | null; retryAt: string | null; stuckWhy: string }

/** A phase with what is known of it, as the window shows it. */
export function stateOf(phase: Phase, { since, autopsy, retryAt, stuckWhy }: Known): InstanceState {
  const found = autopsy ?? notPrepared('The reason is not known.', since)
  switch (phase) {
    case 'starting':
      return { kind: phase, since, progress: null, step: 'Starting' }
    case 'backoff':
      return { kind: phase, since, retryAt: retryAt ?? since, autopsy: found }
    case 'failed':
      return { kind: phase, since, autopsy: found }
    case 'stuck':
      return { kind: phase, since, why: stuckWhy }
    default:
      return { kind: phase, since }
  }
}
