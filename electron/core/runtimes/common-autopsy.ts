import type { Fix } from '../../contract/instance'
import type { ExitEvidence, Explanation } from './runtime'

/** One kind of failure of a runtime: the line that proves it, and what is said about it. First match wins. */
export type FailureRule = {
  proof: RegExp
  explain(evidence: ExitEvidence, match: RegExpExecArray): Omit<Explanation, 'lines'>
}

/** Reads the log with the rules; null when none applies. Lines of our own (`note`) prove nothing. */
export function explainBy(rules: readonly FailureRule[], evidence: ExitEvidence): Explanation | null {
  const texts = evidence.lines.filter(line => line.stream !== 'note').map(line => line.text)
  for (const { proof, explain } of rules) {
    const lines = texts.filter(text => proof.test(text))
    const match = proof.exec(lines.at(-1) ?? '')
    if (match) return { ...explain(evidence, match), lines: [...new Set(lines)] }
  }
  return null
}

export const retryFix: Fix = { title: 'Try again', detail: null, action: { kind: 'retry' } }
export const otherModelFix: Fix = { title: 'Choose another model', detail: null, action: { kind: 'choose-model' } }
export const noFlagsFix: Fix = { title: 'Start without extra flags', detail: null, action: { kind: 'restart-with', flags: [] } }

export const fileFixes = ({ input }: ExitEvidence): Fix[] => [
  { title: 'Download it again', detail: null, action: { kind: 'download-again', model: input.model.id } },
  { title: 'Point to the file', detail: null, action: { kind: 'choose-file', model: input.model.id } },
]

/** Below this a chat is of no use. */
const contextTokensMin = 512

/** What takes less memory, the least loss first. */
export function lessMemoryFixes({ input }: ExitEvidence): Fix[] {
  const fixes: Fix[] = []
  const half = Math.floor(input.contextTokens / 2)
  if (input.slots > 1) fixes.push({ title: 'Start with one slot', detail: null, action: { kind: 'restart-with', slots: 1 } })
  if (half >= contextTokensMin) {
    fixes.push({ title: `Start with ${half} tokens of context`, detail: null, action: { kind: 'restart-with', contextTokens: half } })
  }
  fixes.push({ title: 'Choose a smaller model', detail: null, action: { kind: 'choose-model' } })
  return fixes
}

export const causes = {
  fileMissing: (evidence: ExitEvidence) => ({
    cause: 'file-missing',
    headline: 'The model file is gone',
    explanation: `There is no file at ${evidence.input.model.path}. It was moved, renamed or deleted, or its disk is not connected.`,
    permanent: true,
    fixes: fileFixes(evidence),
  }),
  notAGguf: (evidence: ExitEvidence) => ({
    cause: 'not-a-gguf',
    headline: 'The file is not a GGUF',
    explanation: 'A GGUF file begins with the letters GGUF; this one does not. Often it is a web page that was saved in its place.',
    permanent: true,
    fixes: fileFixes(evidence),
  }),
  truncated: (evidence: ExitEvidence) => ({
    cause: 'truncated',
    headline: 'A part of the model file is missing',
    explanation: 'Its header names more data than the file has: a download or a copy that was cut short.',
    permanent: true,
    fixes: fileFixes(evidence),
  }),
  unknownArchitecture: (name: string | null) => (evidence: ExitEvidence) => ({
    cause: 'unknown-architecture',
    headline: 'This build does not know the model',
    explanation: `The model is of the kind ${name === null ? 'that the file names' : `"${name}"`}, which ${evidence.input.build.title} does not have. A newer build may.`,
    permanent: true,
    fixes: [otherModelFix],
  }),
  portTaken: ({ input, portHolder }: ExitEvidence) => ({
    cause: 'port-taken',
    headline: `Port ${input.port} is taken`,
    explanation: `${portHolder ?? 'Another program'} listens there.`,
    permanent: input.request.port !== null,
    fixes: [retryFix],
  }),
  badFlag: (flag: string | null) => () => ({
    cause: 'bad-flag',
    headline: flag === null ? 'It does not accept one of its flags' : `It does not accept ${flag}`,
    explanation: 'Flags differ from version to version. Start it without extra flags, or with those of this version.',
    permanent: true,
    fixes: [noFlagsFix],
  }),
} satisfies Record<string, unknown>

/** `what` is what there was no room for, `the KV cache`. */
export const outOfMemory = (what: string) => (evidence: ExitEvidence) => ({
  cause: 'out-of-memory',
  headline: 'There was not enough memory',
  explanation: `There was no room for ${what}. A shorter context, fewer slots or a smaller model needs less.`,
  permanent: true,
  fixes: lessMemoryFixes(evidence),
})

/** Time that reading the weights may take in silence: at the 50 MB/s of a slow disk, and never less than two minutes. */
export const loadStallMs = (bytes: number | null) => Math.max(120_000, ((bytes ?? 0) / 50_000_000) * 1000)
