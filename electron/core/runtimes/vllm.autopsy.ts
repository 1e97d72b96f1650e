import { causes, explainBy, lessMemoryFixes, otherModelFix, outOfMemory, type FailureRule } from './common-autopsy'
import { containerRules } from './common-container'
import { pythonRules, tooLongContext } from './common-python.autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/**
 * What vLLM writes before it ends. Its last line is always `Engine core initialization failed. See root cause above`, and the cause
 * stands before it (texts of 0.32.0: vllm/v1/core/kv_cache_utils.py, v1/worker, config).
 */
const rules: readonly FailureRule[] = [
  ...containerRules,
  {
    proof: /User-specified max_model_len \((\d+)\) is greater than the derived max_model_len \([^=]*=(\d+)/,
    explain: (_evidence, match) => tooLongContext(Number(match[2]))(),
  },
  {
    proof:
      /cache is needed, which is larger than the available KV cache.*?estimated maximum model length is (\d+)|cache is needed, which is larger than the available KV/,
    explain: (evidence, match) => noRoomForContext(evidence, match[1] === undefined ? null : Number(match[1])),
  },
  {
    // Its words before 0.8.
    proof: /max seq len \(\d+\) is larger than the maximum number of tokens that can be stored in KV cache \((\d+)\)/,
    explain: (evidence, match) => noRoomForContext(evidence, Number(match[1])),
  },
  { proof: /Free memory on device .*is less than desired GPU memory utilization/, explain: gpuInUse },
  { proof: /No available memory for the cache blocks/, explain: outOfMemory('the KV cache beside the weights') },
  {
    proof: /on kv cache allocation is less than requested memory for kv|is less than desired CPU memory utilization/,
    explain: outOfMemory('the KV cache in the memory of the machine'),
  },
  {
    proof: /Model architectures \['?([^'\]]+)'?.*\] are not supported/,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  {
    proof: /attention heads \((\d+)\) must be divisible by tensor parallel size \((\d+)\)/,
    explain: (_evidence, match) => headsDoNotDivide(match[1], match[2]),
  },
  {
    proof: /Bfloat16 is only supported on GPUs with compute capability of at least ([\d.]+)/i,
    explain: (_evidence, match) => needsFloat16(match[1]),
  },
  { proof: /Failed to infer device type/, explain: noDevice },
  {
    proof: /Unknown quantization method|quantization method .* (?:is|are) not supported|does not support .* quantization/i,
    explain: badQuantisation,
  },
  ...pythonRules,
]

export const explainVllm = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)

function noRoomForContext(evidence: ExitEvidence, most: number | null) {
  const fits = most !== null && most >= 512 ? Math.floor(most / 256) * 256 : null
  const fix = { title: `Start with ${fits ?? 0} tokens of context`, detail: 'The most that it says would fit.' }
  return {
    cause: 'out-of-memory',
    headline: 'The context does not fit beside the weights',
    explanation: `It keeps room for one conversation of full length, and ${evidence.input.contextTokens} tokens need more than is left.`,
    permanent: true,
    fixes: [
      ...(fits === null ? [] : [{ ...fix, action: { kind: 'restart-with' as const, contextTokens: fits } }]),
      ...lessMemoryFixes(evidence),
    ],
  }
}

function gpuInUse() {
  return {
    cause: 'gpu-in-use',
    headline: 'Other programs hold a part of the GPU',
    explanation:
      'It reserves its share of the whole memory at the start, and less than that is free now. Stop what else uses the GPU, or lower the share.',
    permanent: false,
    fixes: [
      {
        title: 'Start with half of the GPU',
        detail: null,
        action: { kind: 'restart-with' as const, flags: ['--gpu-memory-utilization=0.5'] },
      },
      { title: 'Try again', detail: 'After another program was ended.', action: { kind: 'retry' as const } },
    ],
  }
}

const headsDoNotDivide = (heads: string | undefined, gpus: string | undefined) => ({
  cause: 'bad-split',
  headline: `The model cannot be shared by ${gpus ?? 'so many'} GPUs`,
  explanation: `It has ${heads ?? 'a number of'} attention heads, which have to be divided evenly. Another number of GPUs works, or layers in turn (pipeline parallel).`,
  permanent: true,
  fixes: [otherModelFix],
})

const needsFloat16 = (capability: string | undefined) => ({
  cause: 'wrong-type',
  headline: 'This GPU does not compute with bfloat16',
  explanation: `The model is stored in bfloat16, which needs compute capability ${capability ?? '8.0'}. float16 does nearly the same.`,
  permanent: true,
  fixes: [{ title: 'Start with float16', detail: null, action: { kind: 'restart-with' as const, flags: ['--dtype=float16'] } }],
})

function noDevice({ input }: ExitEvidence) {
  return {
    cause: 'no-device',
    headline: 'It found nothing to compute on',
    explanation: `${input.build.title} is a build for GPUs and the driver shows it none, or PyTorch in it is for another device.`,
    permanent: true,
    fixes: [{ title: 'Install another build', detail: null, action: { kind: 'install' as const, build: input.build.id } }],
  }
}

function badQuantisation() {
  return {
    cause: 'wrong-format',
    headline: 'It cannot load this quantisation',
    explanation: 'The model was quantised by a method that this build, or this GPU, does not have. AWQ, GPTQ and FP8 are the common ones.',
    permanent: true,
    fixes: [otherModelFix],
  }
}
