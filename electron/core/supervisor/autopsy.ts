import type { Autopsy, Fix } from '../../contract/instance'
import type { ExitEvidence, Explanation, Launch } from '../runtimes/runtime'
import { generalRules, type Rule } from './autopsy-rules'

/** How an attempt came to its end, as the supervisor saw it. `why`: what it has to say itself. */
export type Circumstance = {
  kind: 'not-launched' | 'exited' | 'stalled' | 'foreign-listener' | 'exposed-listener' | 'not-ready' | 'unresponsive'
  why: string | null
}

export const maxProvingLines = 20

const retry: Fix = { title: 'Try again', detail: null, action: { kind: 'retry' } }

/** What the supervisor knows by itself comes before any reading of logs. */
const ownRules: readonly Rule[] = [
  {
    applies: ({ circumstance }) => circumstance.kind === 'not-launched',
    explain: ({ circumstance, evidence }) => ({
      cause: 'executable-missing',
      headline: 'The program could not be started',
      explanation: `${circumstance.why ?? 'It is not there.'} It may have been removed or replaced since it was found.`,
      permanent: true,
      fixes: [
        { title: 'Install it again', detail: evidence.input.build.title, action: { kind: 'install', build: evidence.input.build.id } },
        retry,
      ],
    }),
  },
  {
    applies: ({ circumstance }) => circumstance.kind === 'foreign-listener',
    explain: ({ evidence }) => ({
      cause: 'port-taken',
      headline: `Another program answers on port ${evidence.input.port}`,
      explanation: `${evidence.portHolder ?? 'Another program'} took the port before the runtime could. Nothing was sent to it but the question whether it is ready.`,
      permanent: false,
      fixes: [retry],
    }),
  },
  {
    applies: ({ circumstance }) => circumstance.kind === 'exposed-listener',
    explain: ({ evidence }) => ({
      cause: 'listens-beyond-this-machine',
      headline: 'It could be reached from the network, so it was ended',
      explanation: `${evidence.input.build.title} was told to listen on this machine only, but took port ${evidence.input.port} on every network address. Look for a setting of its own, or a flag you gave it, that names another address.`,
      permanent: true,
      fixes: [{ title: 'Start without extra flags', detail: null, action: { kind: 'restart-with', flags: [] } }, retry],
    }),
  },
  {
    applies: ({ circumstance }) => circumstance.kind === 'unresponsive',
    explain: () => ({
      cause: 'not-answering',
      headline: 'It stopped answering',
      explanation: 'The process was alive but missed several health checks in a row, so it was ended.',
      permanent: false,
      fixes: [retry],
    }),
  },
]

/** When neither the adapter nor the files explain it. */
const lastRules: readonly Rule[] = [
  {
    applies: ({ evidence }) => evidence.stalled,
    explain: () => ({
      cause: 'stalled',
      headline: 'Loading stood still',
      explanation: 'The process was alive, but wrote nothing and its health did not change until the deadline.',
      permanent: false,
      fixes: [retry, { title: 'Choose a smaller model', detail: null, action: { kind: 'choose-model' } }],
    }),
  },
  {
    applies: ({ circumstance }) => circumstance.kind === 'not-ready',
    explain: ({ circumstance }) => ({
      cause: 'not-ready',
      headline: 'It loaded but could not answer',
      explanation: circumstance.why ?? 'The first token could not be had.',
      permanent: false,
      fixes: [retry, { title: 'Choose another model', detail: null, action: { kind: 'choose-model' } }],
    }),
  },
]

export type AutopsyInput = { circumstance: Circumstance; evidence: ExitEvidence; launch: Pick<Launch, 'explain'>; at: string }

/** Why it ended: what we saw, else the adapter's reading of its log, else the general rules; always an answer. */
export function autopsyOf({ circumstance, evidence, launch, at }: AutopsyInput): Autopsy {
  const context = { circumstance, evidence }
  const found =
    byRule(ownRules, context) ??
    adapterSays(launch, withAnswer(context)) ??
    byRule([...generalRules, ...lastRules], context) ??
    unknownExit(evidence)
  const portFixed = found.cause === 'port-taken' && evidence.input.request.port !== null
  const lines = found.lines.length > 0 ? found.lines : lastWords(evidence)
  return {
    cause: found.cause,
    headline: found.headline,
    explanation: found.explanation,
    lines: lines.slice(-maxProvingLines),
    exitCode: evidence.exitCode,
    signal: evidence.signal,
    permanent: found.permanent || portFixed,
    fixes: [...found.fixes],
    at,
  }
}

/** What it answered when it was prepared or asked for a token is its own word as well, and often the only one. */
function withAnswer({ circumstance: { kind, why }, evidence }: Parameters<Rule['applies']>[0]): ExitEvidence {
  if (kind !== 'not-ready' || why === null) return evidence
  return { ...evidence, lines: [...evidence.lines, { sequence: -1, at: '', stream: 'err', level: 'error', text: why }] }
}

/** When it did not come to a start: the input or the plan could not be made. */
export function notPrepared(why: string, at: string): Autopsy {
  const fixes: Fix[] = [retry, { title: 'Choose another model', detail: null, action: { kind: 'choose-model' } }]
  const said = { cause: 'not-prepared', headline: 'It could not be prepared', explanation: why }
  return { ...said, lines: [], exitCode: null, signal: null, permanent: true, fixes, at }
}

function byRule(rules: readonly Rule[], context: Parameters<Rule['applies']>[0]): Explanation | null {
  const rule = rules.find(each => each.applies(context))
  if (!rule) return null
  const lines = rule.proof
    ? context.evidence.lines.filter(line => line.stream !== 'note' && rule.proof?.test(line.text)).map(line => line.text)
    : []
  return { ...rule.explain(context), lines }
}

/** An adapter that throws must not cost the person the explanation. */
function adapterSays(launch: Pick<Launch, 'explain'>, evidence: ExitEvidence): Explanation | null {
  try {
    return launch.explain(evidence)
  } catch {
    return null
  }
}

/** The last lines that complain, or where none does, the last lines. */
function lastWords({ lines }: ExitEvidence): string[] {
  const said = lines.filter(line => line.stream !== 'note')
  const complaints = said.filter(line => line.level === 'error')
  return (complaints.length > 0 ? complaints : said).slice(-maxProvingLines).map(line => line.text)
}

function unknownExit({ exitCode, signal }: ExitEvidence): Explanation {
  const how = signal === null ? `with code ${exitCode ?? 'unknown'}` : `by signal ${signal}`
  return {
    cause: exitCode === 0 ? 'ended' : 'crashed',
    headline: exitCode === 0 ? 'It ended by itself' : 'It crashed',
    explanation: `The process ended ${how} and nobody here had asked for it.`,
    permanent: false,
    lines: [],
    fixes: [retry],
  }
}
