import { startRequestSchema, type Instance, type StartRequest } from '../../contract/instance'
import type { Runtime } from '../runtimes/runtime'
import { canonicalOnly } from './golden'
import { makeSpec } from './make-spec'
import { prove } from './prove'
import type { StackDeps, Trial, TrialInput } from './stack.types'
import { startCancellable } from './start-cancellable'

export const CANARY = 'roundhouse/canary'

/** Whether the engine test can be loaded by this runtime, and is here. */
export const canTry = (deps: StackDeps, runtime: Runtime): boolean =>
  runtime.launch !== undefined && runtime.facts.formats.includes('gguf') && deps.library.resolve(CANARY) !== null

/**
 * Starts the engine test on a build, hidden from the gateway's names, looks at it with `prove`, and stops it. One that could not
 * start stays on the list: its autopsy says why. @throws Failure of the start.
 */
async function withCanary<Result>(
  deps: StackDeps,
  runtime: Runtime,
  { input, look }: { input: TrialInput; look(instance: Instance, startMs: number): Promise<Result> },
): Promise<Result | null> {
  const { build, signal, gpuLayers } = input
  const canary = deps.library.resolve(CANARY)
  if (!canary) return null
  const request: StartRequest = startRequestSchema.parse({ runtime: runtime.id, build: build.id, model: canary.id, gpuLayers })
  const spec = await makeSpec(deps, runtime, { build, model: canary, request })
  const key = `engine-test ${build.id}`
  try {
    const began = performance.now()
    const instance = await startCancellable(deps, { ...spec, key, route: `${canary.id}#engine-test` }, signal)
    return await look(instance, performance.now() - began)
  } finally {
    const tested = deps.supervisor.find(key)
    if (tested) await deps.supervisor.stop(tested.id)
    if (tested && deps.supervisor.get(tested.id)?.state.kind === 'stopped') deps.supervisor.remove(tested.id)
  }
}

/** Asks a build the known questions; null when the engine test is not here. */
export async function tryBuild(deps: StackDeps, runtime: Runtime, input: TrialInput): Promise<Trial | null> {
  // Our own engine was asked everything when it was built; a stranger is asked everything here, once.
  const golden = input.build.origin === 'bundled' ? canonicalOnly(deps.golden) : deps.golden
  return withCanary(deps, runtime, {
    input,
    look: async (instance, startMs) => ({
      proof: await prove(instance, { ...deps, golden, launch: runtime.launch }, input.signal),
      startMs,
    }),
  })
}

/** The same with all known questions, whoever made the build. */
export async function measureBuild(deps: StackDeps, runtime: Runtime, input: TrialInput): Promise<Trial | null> {
  return withCanary(deps, runtime, {
    input,
    look: async (instance, startMs) => ({ startMs, proof: await prove(instance, { ...deps, launch: runtime.launch }, input.signal) }),
  })
}
