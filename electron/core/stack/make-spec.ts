import { Failure } from '../../contract/failure'
import type { StartRequest } from '../../contract/instance'
import type { LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'
import { isUnknownFlag } from '../builds/render'
import { wantsHugePages } from '../runtimes/common-huge-pages'
import { chooseThreads } from '../runtimes/common-threads'
import { checkSettings } from '../runtimes/settings'
import type { LaunchInput, Runtime } from '../runtimes/runtime'
import type { StartSpec } from '../supervisor/supervisor.types'
import { checkFlags, chooseRoute, chooseSettings, startKey } from './resolve'
import { projectorOf } from '../models/projectors'
import type { StackDeps } from './stack.types'

/** Tokens guessed at once; llama.cpp's default for `--spec-draft-n-max` (tools/server/README.md). */
const draftTokens = 3

export type SpecInput = { build: Build; model: LibraryModel; request: StartRequest; draft?: LibraryModel | null; signal?: AbortSignal }

/** Everything the supervisor needs to start a model on a build: settings, threads, estimate, and how each attempt is made. */
export async function makeSpec(
  deps: StackDeps,
  runtime: Runtime,
  { build, model, request, draft = null, signal }: SpecInput,
): Promise<StartSpec> {
  checkFlags(request.flags, runtime.launch?.refusedFlags ?? {})
  checkSettings(runtime.settings ?? [], request.settings)
  const [machine, knownFlags] = await Promise.all([deps.machine(), deps.knownFlags(runtime, build)])
  if (!request.insist) refuseUnknownFlags(request.flags, { build, knownFlags })
  const { contextTokens, slots } = chooseSettings(request, model)
  const sha256 = runtime.launch?.needsDigest ? await deps.library.digest(model.id, signal) : model.sha256
  const estimate = await deps.estimate({ runtime, build, model, draft, request, contextTokens, slots })
  const route = chooseRoute(model.id, build.kind, deps.supervisor.list())
  const threads = () =>
    request.threads ??
    chooseThreads({
      physicalCores: machine.cpu.physicalCores,
      logicalCores: machine.cpu.logicalCores,
      performanceCores: machine.cpu.performanceCores,
      cpuLimit: machine.cpu.limitCores ?? null,
      load: deps.load(),
      allOnGpu: estimate.memory.layers > 0 && estimate.memory.gpuLayers === estimate.memory.layers,
    })
  return {
    key: startKey(request, build, model),
    runtime,
    build,
    model: { id: model.id, title: model.title, engineTest: model.engineTest },
    route,
    request,
    estimate: estimate.memory,
    speedEstimate: estimate.speed,
    makeInput: ({ port, key, folder }): LaunchInput => ({
      request,
      build,
      model: { id: model.id, title: model.title, path: model.path, sha256, facts: model.facts },
      route,
      machine,
      contextTokens,
      slots,
      threads: threads(),
      gpuLayers: request.gpuLayers,
      projector: request.images === false ? null : projectorOf(deps.library.byId(model.id) ?? model),
      draft: draft && { id: draft.id, title: draft.title, path: draft.path, tokens: draftTokens },
      kvQuantisation: request.kvQuantisation ?? 'f16',
      hugePages: wantsHugePages(machine, estimate.memory),
      port,
      key,
      folder,
      knownFlags,
    }),
  }
}

/** A flag that the build's own help does not name would end the start; who insists may try it. */
function refuseUnknownFlags(flags: readonly string[], { build, knownFlags }: { build: Build; knownFlags: ReadonlySet<string> | null }) {
  const unknown = flags.find(flag => isUnknownFlag(flag, knownFlags))
  if (unknown !== undefined) throw new Failure('bad-input', `${build.title} has no flag ${unknown.split('=')[0] ?? unknown}.`)
}
