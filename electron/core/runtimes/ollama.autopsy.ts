import { causes, explainBy, lessMemoryFixes, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
import { cpuFix, ggmlDriverRules, ggmlMemoryRule, ggmlRules } from './common-ggml.autopsy'
import type { ExitEvidence, Explanation } from './runtime'

/**
 * Words of its log, and of its answers to the requests that give it the file: a file that it refuses is named only there. Seen
 * with 0.17.4 (test/unit/runtimes/logs) unless another source is given.
 */
const rules: readonly FailureRule[] = [
  { proof: /listen tcp .*(?:address already in use|Only one usage of each socket address)/, explain: causes.portTaken },
  { proof: /supplied file was not in GGUF format|invalid file magic|unsupported content type/, explain: causes.notAGguf },
  { proof: /is not within the file bounds|offset\+size \(\d+\) exceeds file size|unexpected EOF/, explain: causes.truncated },
  { proof: /couldn't open model file.*(?:no such file|cannot find)/, explain: causes.fileMissing },
  {
    proof: /unknown model architecture: '([^']*)'|unsupported model architecture/,
    explain: (evidence, match) => causes.unknownArchitecture(match[1] ?? null)(evidence),
  },
  ...ggmlRules,
  // llm/server.go of ollama/ollama, and public reports (test/fixtures/runtimes/failures).
  {
    proof: /model requires (?:more system memory|[\d.]+ [KMGT]iB but only)|unable to allocate \S+ buffer|failed to allocate buffer/,
    explain: outOfMemory('the weights and the context together'),
  },
  ggmlMemoryRule,
  {
    proof: /could not create|Error: mkdir |permission denied|no space left on device/,
    explain: () => ({
      cause: 'folder-not-writable',
      headline: 'Ollama could not write its files',
      explanation: 'It keeps names and settings of models in a folder of its own; the disk is full or the folder may not be written to.',
      permanent: true,
      fixes: [retryFix],
    }),
  },
  { proof: /runner process (?:has terminated|no longer running): exit status (0xc0000022|-1073741790)/, explain: blocked },
  {
    proof: /runner process (?:has terminated|no longer running)(?:: (.+))?/,
    explain: (evidence, match) => runnerDied(evidence, match[1] ?? null),
  },
  ...ggmlDriverRules,
]

export const explainOllama = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)

/** 0xC0000022 is STATUS_ACCESS_DENIED (learn.microsoft.com, NTSTATUS values). */
function blocked() {
  return {
    cause: 'blocked',
    headline: "Windows did not let Ollama's engine start",
    explanation:
      'Access was denied to a part of it: a virus scanner or a rule of the machine holds it back. Allow its folder there, or install it again.',
    permanent: true,
    fixes: [retryFix],
  }
}

/** Its server is there, the process behind it that computes is not. `how` as it words it: `exit status 2`, `signal: killed`. */
function runnerDied(evidence: ExitEvidence, how: string | null) {
  const killed = how?.includes('killed') ?? false
  return {
    cause: killed ? 'out-of-memory' : 'engine-crashed',
    headline: killed ? 'The system ended its engine, most likely for lack of memory' : 'Its engine crashed while loading',
    explanation: `The server goes on; the process that computes ended${how === null ? '' : ` (${how})`}. Less context or another engine often loads the same file.`,
    permanent: false,
    fixes: [...lessMemoryFixes(evidence), cpuFix, retryFix],
  }
}
