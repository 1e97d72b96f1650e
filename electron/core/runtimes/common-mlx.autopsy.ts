import { causes, explainBy, fileFixes, lessMemoryFixes, otherModelFix, outOfMemory, type FailureRule } from './common-autopsy'
import { pythonRules } from './common-python.autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/** What mlx_lm and MLX write when a load fails; the process stays (seen with 0.32.2). */
const rules: readonly FailureRule[] = [
  {
    proof: /Failed to load the default metallib/,
    explain: () => ({
      cause: 'os-too-old',
      headline: 'This build of MLX is for another version of macOS',
      explanation: 'Its GPU part was made for a newer macOS than this one. Update macOS, or install a build that is made for this one.',
      permanent: true,
      fixes: [],
    }),
  },
  {
    proof: /KeyError: 'model_type'/,
    explain: evidence => ({
      cause: 'file-missing',
      headline: 'The model folder does not say what it is',
      explanation: `config.json in ${evidence.input.model.path} names no model type: it is that of another kind of model (speech, pictures), or was cut short.`,
      permanent: true,
      fixes: fileFixes(evidence),
    }),
  },
  {
    proof: /cannot unpack non-iterable NoneType object/,
    explain: ({ input }) => ({
      cause: 'broken-build',
      headline: 'This build cannot load models',
      explanation: `${input.build.title} has a fault of its own: its loader gives nothing back (waybarrios/vllm-mlx issue 252). A newer version has it mended.`,
      permanent: true,
      fixes: [{ title: 'Install another version', detail: null, action: { kind: 'install', build: input.build.id } }],
    }),
  },
  { proof: /Model type (\S+) not supported/, explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence) },
  {
    proof: /\[METAL\].*(?:Insufficient Memory|OutOfMemory)|\[metal::malloc\]|Unable to allocate \d+ bytes/,
    explain: evidence => ({
      cause: 'out-of-memory',
      headline: 'There was not enough memory that the GPU may use',
      explanation:
        'macOS lets the GPU have about two thirds to three quarters of the memory; other programs share the rest and some of this.',
      permanent: false,
      fixes: lessMemoryFixes(evidence),
    }),
  },
  { proof: /\bMemoryError\b|std::bad_alloc/, explain: outOfMemory('the weights and the cache') },
  { proof: /Received \d+ parameters not in model|Missing \d+ parameters|Expected shape .* but received shape/, explain: otherFormat },
  ...pythonRules,
]

export const explainMlx = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)

function otherFormat({ input }: ExitEvidence) {
  return {
    cause: 'wrong-format',
    headline: 'The weights do not fit the model',
    explanation: `${input.model.title} was quantised for another engine, or by a newer MLX. It takes the original, or a folder that mlx_lm converted.`,
    permanent: true,
    fixes: [otherModelFix],
  }
}
