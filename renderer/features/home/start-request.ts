import type { Decision } from '../../../electron/contract/decision'
import type { StartRequest } from '../../../electron/contract/instance'
import type { Machine } from '../../../electron/contract/machine'

export interface StartChanges {
  contextTokens?: number
  slots?: number
  insist?: boolean
}

/** What is asked of the host when a decision is started, with what the person changed. */
export function startRequestOf(decision: Decision, changes: StartChanges = {}): StartRequest {
  return {
    runtime: decision.runtime,
    build: decision.build,
    model: decision.libraryId ?? `${decision.model}:${decision.artifact}`,
    contextTokens: changes.contextTokens ?? decision.contextTokens,
    slots: changes.slots ?? decision.slots,
    threads: null,
    gpuLayers: decision.gpuLayers ?? null,
    kvQuantisation: decision.kvQuantisation ?? null,
    port: null,
    flags: [],
    ...(decision.tensorParallel !== undefined && { settings: { tensorParallel: decision.tensorParallel } }),
    ...(decision.images === false && { images: false }),
    draft: draftOf(decision),
    insist: changes.insist ?? false,
  }
}

/** The command of what Start does: with the draft where it brings one along. */
export const startedCommand = (decision: Decision): string[] =>
  decision.draft && draftOf(decision) !== null ? decision.draft.command : decision.command

/** A draft that would have to be fetched does not hold up what can start at once. */
const draftOf = ({ draft, startable }: Decision) =>
  draft && (draft.downloadBytes == null || !startable.now) ? `${draft.model}:${draft.artifact}` : null

/** Whether Start can do all that stands between: what is `unsupported` or blocked it cannot, `memory` only for someone who insists. */
export type Startability = { kind: 'start' } | { kind: 'insist'; why: string } | { kind: 'cannot'; why: string }

export function startabilityOf(decision: Decision): Startability {
  const barred = decision.startable.missing.find(missing => missing.kind === 'unsupported' || missing.blocked === true)
  if (barred) return { kind: 'cannot', why: barred.text }
  const memory = decision.startable.missing.find(missing => missing.kind === 'memory')
  if (memory) return { kind: 'insist', why: memory.text }
  if (!decision.memory.fits) return { kind: 'insist', why: 'The estimate says that it does not fit into memory.' }
  return { kind: 'start' }
}

/** What a POSIX shell and PowerShell write differently: a quote between quotes, and the end of a line that goes on. */
const shells = { posix: { quote: String.raw`'\''`, goesOn: '\\' }, powershell: { quote: "''", goesOn: '`' } }

/** A command as the shell of this system would take it, one option a line when it is long. */
export function commandText(command: readonly string[], platform: Machine['os']['platform'] = 'linux'): string {
  const shell = platform === 'win32' ? shells.powershell : shells.posix
  const words = command.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", shell.quote)}'`))
  const line = words.join(' ')
  if (line.length <= 110) return line
  const lines: string[] = []
  let current = ''
  for (const word of words) {
    const startsOption = word.startsWith('-')
    if (current !== '' && startsOption && current.length + word.length > 90) {
      lines.push(current)
      current = `  ${word}`
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current].join(` ${shell.goesOn}\n`)
}
