import { causes, explainBy, lessMemoryFixes, outOfMemory, type FailureRule } from './common-autopsy'
import { ggmlDriverRules, ggmlRules } from './common-ggml.autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/**
 * What llama.cpp's server and the built-in engine write before they end. All failed starts of the server have exit code 1, so
 * only its words tell them apart (seen with b11669 and 2026.10.11549). The engine names the cause: `error: <cause>: <sentence>`.
 */
const rules: readonly FailureRule[] = [
  { proof: /^error: port-taken:|couldn't bind HTTP server socket/, explain: causes.portTaken },
  { proof: /^error: file-missing:|failed to open GGUF file .*No such file/, explain: causes.fileMissing },
  { proof: /^error: not-a-gguf:|invalid magic characters/, explain: causes.notAGguf },
  { proof: /^error: truncated:|is not within the file bounds|model is corrupted or incomplete/, explain: causes.truncated },
  {
    proof: /unknown model architecture: '([^']*)'|^error: unknown-architecture:/,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  { proof: /failed to allocate buffer for kv cache/, explain: outOfMemory('the KV cache, the memory of the conversations') },
  ...ggmlRules,
  { proof: /unable to allocate (?!CPU)\S+ buffer|cudaMalloc failed|ErrorOutOfDeviceMemory|CUDA error: out of memory/, explain: gpuFull },
  { proof: /unable to allocate \S+ buffer|failed to allocate \S* ?buffer/, explain: outOfMemory('the weights') },
  { proof: /^error: out-of-memory:/, explain: outOfMemory('the weights and the context together') },
  { proof: /no backends are loaded/, explain: noBackend },
  {
    proof: /error: invalid argument: (\S+)|error while handling argument "([^"]+)"|argument has been removed|^error: bad-options:/,
    explain: (_evidence, match) => causes.badFlag(match[1] ?? match[2] ?? null)(),
  },
  ...ggmlDriverRules,
]

export const explainLlamaCpp = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)

function gpuFull(evidence: ExitEvidence) {
  const { gpuLayers, model } = evidence.input
  const half = Math.floor((gpuLayers ?? model.facts?.shape?.layers ?? 0) / 2)
  return {
    cause: 'out-of-memory',
    headline: 'There was not enough memory on the GPU',
    explanation: 'The part that was meant for the GPU is larger than what is free there. Other programs may hold some of it.',
    permanent: false,
    fixes: [
      ...(half > 0
        ? [
            {
              title: `Put ${half} layers on the GPU`,
              detail: 'Slower, but it fits.',
              action: { kind: 'restart-with' as const, gpuLayers: half },
            },
          ]
        : []),
      { title: 'Start on the CPU', detail: null, action: { kind: 'restart-with' as const, gpuLayers: 0 } },
      ...lessMemoryFixes(evidence),
    ],
  }
}

function noBackend({ input }: ExitEvidence) {
  return {
    cause: 'library-missing',
    headline: 'This build has lost its parts',
    explanation: `${input.build.title} found none of its compute libraries (libggml-*); they belong beside the program.`,
    permanent: true,
    fixes: [{ title: 'Install it again', detail: input.build.title, action: { kind: 'install' as const, build: input.build.id } }],
  }
}
