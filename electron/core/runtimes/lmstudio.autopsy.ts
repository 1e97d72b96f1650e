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
    proof:
      /resource guardrails|insufficient system resources|Not enough resources to load the model|would (?:likely )?overload your system/i,
    explain: evidence => ({
      cause: 'guardrails',
      headline: 'LM Studio refused to load it: too little memory by its own rule',
      explanation: 'Its guardrails keep memory free for the rest of the machine. Use less, or lower the guardrails in its settings.',
      permanent: true,
      fixes: lessMemoryFixes(evidence),
    }),
  },
  {
    proof: /unknown model architecture:? '?([^'\s"]*)|Model type (\S+) not supported/i,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? match[2] ?? null)(evidence),
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
  {
    proof: /Error when loading model: (KeyError: .+)/,
    explain: (_evidence, match) => ({
      cause: 'wrong-format',
      headline: 'Its MLX engine does not understand the folder',
      explanation: `It looked for something in the description of the model that is not there (${match[1] ?? ''}): another kind of model, or one for a newer engine.`,
      permanent: true,
      fixes: [otherModelFix],
    }),
  },
  { proof: /\(Exit code: (-?\d+)\)/, explain: (_evidence, match) => engineDied(match[1] ?? '') },
  { proof: /(?:error: )?unknown option '?(--?[\w-]+)/i, explain: (_evidence, match) => causes.badFlag(match[1] ?? null)() },
]

export const explainLmstudio = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)

/** 0xC0000409, STATUS_STACK_BUFFER_OVERRUN: what abort() ends with on Windows; the others are a wrong read, a wrong instruction, a missing DLL. */
const windowsCodes: readonly (readonly [number, string])[] = [
  [0xc0000409, 'it gave up by itself (abort)'],
  [0xc0000005, 'it read memory that is not there'],
  [0xc000001d, 'it used an instruction that the processor does not have'],
  [0xc0000135, 'a library of it is missing'],
]
/** LM Studio prints them as unsigned 64-bit numbers that went through a double, whose steps are 2048 there: off by half of one at most. */
const roundedBy = 1024

/** Its engine is a process of its own, and only the number that it ended with is told. */
function engineDied(code: string) {
  const rounded = Number(code) > 2 ** 53
  const signed = rounded ? Number(code) - 2 ** 64 : Number(code)
  const near = windowsCodes.filter(([value]) => Math.abs(value - 2 ** 32 - signed) <= (rounded ? roundedBy : 0)).map(([, words]) => words)
  return {
    cause: 'engine-crashed',
    headline: "LM Studio's engine crashed while loading",
    explanation: `It ended with ${code}${near.length > 0 ? `: ${near.join(', or ')}` : ''}. Another engine often loads the same file: lms runtime ls shows them, and an older version of the same one helps where a new one broke.`,
    permanent: false,
    fixes: [{ title: 'Start on the CPU', detail: null, action: { kind: 'restart-with' as const, gpuLayers: 0 } }, retryFix],
  }
}
