import { can, ggmlBackends, withoutCuda } from './facts-judge'
import { llamaCppFacts } from './facts-llama-cpp'
import { llamaCppConversions } from './llama-cpp.convert'
import { llamaCppStore } from './llama-cpp.store'
import { llamaCppBuilds } from './llama-cpp.builds'
import { readLlamaCommand } from './llama-cpp.command'
import { llamaCppLaunch } from './llama-cpp.launch'
import { llamaCppMetrics } from './common-llama-metrics'
import { llamaCppSettings } from './llama-cpp.settings'
import { llamaCppSimulation } from './llama-cpp.simulation'
import { defineRuntime, type ApiFacts, type RenderRequest } from './runtime'

/** GPU targets of the ROCm release builds (https://github.com/ggml-org/llama.cpp, .github/workflows/release.yml). */
const rocmTargets = new Set(
  ['908', '90a', '942', '950', '1010', '1011', '1012', '1030', '1031', '1032', '1033', '1034', '1035', '1036']
    .concat(['1100', '1101', '1102', '1103', '1150', '1151', '1152', '1200', '1201'])
    .map(target => `gfx${target}`),
)

const api: ApiFacts = {
  features: {
    chat: { support: 'native' },
    'stream-usage': { support: 'native' },
    completions: { support: 'native' },
    'stop-sequences': { support: 'native' },
    'max-tokens': { support: 'native' },
    seed: { support: 'native' },
    'json-schema': { support: 'native' },
    // With 2026.10.11549 a small model with such a template wrote text in spite of `required`.
    tools: { support: 'native', needs: 'a model that was trained to call them', why: 'tool_choice "required" is not enforced.' },
    logprobs: { support: 'native' },
    embeddings: { support: 'native', needs: 'a start for embeddings, which does not chat then' },
    vision: { support: 'native', needs: 'the projector file of the model' },
    'list-models': { support: 'native' },
  },
  builds: {
    'built-in': {
      'json-schema': { support: 'refused', why: 'llama-server has it.' },
      tools: { support: 'refused', why: 'llama-server has them.' },
      logprobs: { support: 'refused', why: 'llama-server gives them.' },
      embeddings: { support: 'refused', why: 'llama-server makes them.' },
      vision: { support: 'refused', why: 'llama-server sees.' },
    },
  },
  source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
}

/**
 * The llama.cpp family: the built-in engine of the app and llama-server share models, flags and facts.
 * Flags: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export const llamaCpp = defineRuntime({
  id: 'llama.cpp',
  tier: 'first-class',
  title: 'llama.cpp',
  purpose: 'Runs any GGUF on nearly any hardware, with every knob in reach, from one small program.',
  homepage: 'https://github.com/ggml-org/llama.cpp',
  judge(machine) {
    const backends = ggmlBackends(machine, rocmTargets)
    // A machine without a GPU is no defect of it; a GPU that stays idle is worth a word.
    const idle = backends[0] === 'cpu' && machine.gpus.length > 0
    const notes = idle ? ['No GPU is used here: it runs on the CPU.'] : []
    return can(backends, { notes: [...notes, ...withoutCuda(machine)] })
  },
  facts: llamaCppFacts,
  render: renderLlamaServer,
  builds: llamaCppBuilds,
  stores: [llamaCppStore],
  conversions: llamaCppConversions,
  launch: llamaCppLaunch,
  simulation: llamaCppSimulation,
  readCommand: readLlamaCommand,
  settings: llamaCppSettings,
  api,
  metrics: llamaCppMetrics,
  securityFloor: {
    version: 'b8146',
    why: 'A crafted GGUF could write beyond its memory (CVE-2026-27940).',
    source: 'https://github.com/ggml-org/llama.cpp/security/advisories/GHSA-3p4r-fq3f-q74v',
  },
  pins: ['build number and commit', 'sha256 of the GGUF', 'commit of its repository'],
})

/** `-c` is the total over all slots, so it is multiplied; a file is preferred to a name because it is exact. */
function renderLlamaServer(request: RenderRequest): string[] {
  const { model, slots, kvQuantisation } = request
  return [
    'llama-server',
    ...(model.path === null ? ['-hf', `${model.id}:${model.artifact}`] : ['-m', model.path]),
    ...['--alias', request.route, '--host', '127.0.0.1', '--port', String(request.port)],
    ...['-c', String(request.contextTokens * slots), '-np', String(slots)],
    ...(request.threads === null ? [] : ['-t', String(request.threads)]),
    ...(request.gpuLayers === null ? [] : ['-ngl', String(request.gpuLayers)]),
    ...(kvQuantisation === null || kvQuantisation === 'f16' ? [] : ['-ctk', kvQuantisation, '-ctv', kvQuantisation]),
    ...(request.tensorSplit ? ['-ts', request.tensorSplit.join(',')] : []),
    ...projectorFlags(request),
    ...draftFlags(request.draft ?? null),
    '--metrics',
  ]
}

/** What `-hf` finds in the repository it loads unasked (docs/multimodal.md). */
function projectorFlags({ model, projector }: RenderRequest): string[] {
  if (projector === false) return model.path === null ? ['--no-mmproj'] : []
  return projector === undefined ? [] : ['--mmproj', projector]
}

/** A draft that is only named is loaded and not used: `--spec-type` chooses the method (none by default). */
function draftFlags(draft: RenderRequest['draft']): string[] {
  if (!draft) return []
  const model = draft.path === null ? ['--spec-draft-hf', `${draft.id}:${draft.artifact}`] : ['-md', draft.path]
  return [...model, '--spec-type', 'draft-simple', '--spec-draft-n-max', String(draft.tokens)]
}
