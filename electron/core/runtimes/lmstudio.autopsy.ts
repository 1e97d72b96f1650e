import { causes, explainBy, lessMemoryFixes, otherModelFix, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/** What `lms` says when it fails (https://github.com/lmstudio-ai/lms, src/subcommands and createClient.ts), and its engines after it. */
const rules: readonly FailureRule[] = [
  {
    proof:
      /Failed to start LM Studio service|make sure it is installed and have run it at|LM Studio is not (?:installed|running)|llmster (?:was )?not found/i,
    explain: () => ({
      cause: 'not-set-up',
      headline: 'LM Studio did not wake up',
      explanation: 'Its command line is here, but the app or its daemon is not, or was never opened. Open LM Studio once, then try again.',
      permanent: false,
      fixes: [retryFix],
    }),
  },
  { proof: /Failed to verify the server is running|EADDRINUSE|address already in use/, explain: causes.portTaken },
  {
    proof: /EXDEV|EPERM: operation not permitted, (?:link|symlink)|EACCES: permission denied, (?:link|symlink|mkdir)/,
    explain: ({ input }) => ({
      cause: 'cannot-link',
      headline: 'The file could not be linked into LM Studio',
      explanation: `${input.model.path} and LM Studio's models folder are on different disks, or the folder may not be written to. A copy is never made without being asked.`,
      permanent: true,
      fixes: [otherModelFix],
    }),
  },
  {
    proof: /Model not found|No model found (?:that matches|with path)/i,
    explain: ({ input }) => ({
      cause: 'not-indexed',
      headline: 'LM Studio does not see the file yet',
      explanation: `${input.model.title} was linked into its models folder, but it is not in its list. It may still be looking; its models folder may also have been moved.`,
      permanent: false,
      fixes: [retryFix],
    }),
  },
  {
    proof: /resource guardrails|insufficient system resources|would (?:likely )?overload your system/i,
    explain: evidence => ({
      cause: 'guardrails',
      headline: 'LM Studio refused to load it: too little memory by its own rule',
      explanation: 'Its guardrails keep memory free for the rest of the machine. Use less, or lower the guardrails in its settings.',
      permanent: true,
      fixes: lessMemoryFixes(evidence),
    }),
  },
  {
    proof: /unknown model architecture: '?([^'\s]*)/i,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  {
    proof: /out of memory|failed to allocate|unable to allocate|ErrorOutOfDeviceMemory/i,
    explain: outOfMemory('the weights and the context together'),
  },
  {
    proof: /No LM Runtime found|no (?:compatible )?(?:runtime|engine|extension pack)/i,
    explain: () => ({
      cause: 'no-engine',
      headline: 'LM Studio has no engine for this file',
      explanation: 'It keeps its engines apart from the app. `lms runtime get` fetches one, and its window shows them under Runtime.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
  { proof: /(?:error: )?unknown option '?(--?[\w-]+)/i, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
]

export const explainLmstudio = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)
