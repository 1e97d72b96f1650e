import { causes, explainBy, lessMemoryFixes, otherModelFix, outOfMemory, type FailureRule } from './common-autopsy'
import { pythonRules } from './common-python.autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/** What mlx_lm and MLX write when a load fails; the process stays (seen with 0.32.2). */
const rules: readonly FailureRule[] = [
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
