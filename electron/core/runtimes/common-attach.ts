import { Failure } from '../../contract/failure'
import type { Launch, LaunchInput, LaunchPlan } from './runtime'

/** Any server that speaks the OpenAI API, wherever it runs. Nothing is started or stopped; its log is not ours to read. */
export const openaiLaunch: Launch = {
  plan: attachPlan,
  progress: () => null,
  level: () => 'info',
  explain: () => null,
  placement: () => null,
  refusedFlags: {},
}

/** People paste addresses with and without `/v1`; ours never have it. */
export const baseAddress = (address: string) => address.replace(/\/+$/, '').replace(/\/v1$/, '')

/** A server that runs already, of whatever runtime: nothing is asked of it but answers. */
export function attachPlan({ build, key, model }: LaunchInput): LaunchPlan {
  if (build.path === null) throw new Failure('not-found', `${build.title} has no address`)
  return {
    process: { kind: 'attach' },
    address: baseAddress(build.path),
    headers: key === '' ? {} : { authorization: `Bearer ${key}` },
    upstreamModel: model.id,
    readyPath: '/v1/models',
    prepare: [],
    stallMs: 60_000,
    stop: { graceMs: 0, secondSignal: false },
  }
}
