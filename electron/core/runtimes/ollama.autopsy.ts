import { causes, explainBy, outOfMemory, retryFix, type FailureRule } from './common-autopsy'
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
  // llm/server.go of ollama/ollama.
  {
    proof: /model requires more system memory|unable to allocate \S+ buffer|failed to allocate buffer/,
    explain: outOfMemory('the weights and the context together'),
  },
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
]

export const explainOllama = (evidence: ExitEvidence): Explanation | null => explainBy(rules, evidence)
