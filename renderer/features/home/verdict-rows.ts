import type { Decision } from '../../../electron/contract/decision'
import type { Instance } from '../../../electron/contract/instance'
import { figure, firstToken, memory, whole } from '../../ui/format'

/** One line of the verdict: what was expected, what was seen, how far apart they are. */
export interface VerdictRow {
  key: string
  name: string
  /** Null when nothing was predicted. */
  estimate: string | null
  measured: string | null
  /** `+3.3 %`, `granted`; null until both are known. */
  off: string | null
}

/** What the verdict compares: of a decision before there is an instance, of the instance once there is one. */
export interface Expected {
  tokensPerSecond: number | null
  ttftMs: number | null
  /** Length of the prompt that `ttftMs` is for; absent where that is not told. */
  promptTokens?: number
  memoryMiB: number | null
  contextTokens: number | null
  slots: number | null
  /** Of an engine test, whose figures say nothing about a model: none is shown then. */
  engineTest?: boolean
}

/** Before anything is known of what was started. */
export const nothingExpected: Expected = { tokensPerSecond: null, ttftMs: null, memoryMiB: null, contextTokens: null, slots: null }

export function expectedOf(source: Decision | Instance): Expected {
  const isDecision = 'rank' in source
  const speed = isDecision ? source.speed : source.speedEstimate
  const estimate = isDecision ? source.memory : source.estimate
  const used = estimate?.devices.reduce(
    (sum, device) => sum + device.weightsMiB + device.kvMiB + device.computeMiB + device.overheadMiB + (device.projectorMiB ?? 0),
    0,
  )
  return {
    tokensPerSecond: speed?.oneUser?.mid ?? null,
    ttftMs: speed?.ttftMs?.mid ?? null,
    ...(speed?.promptTokens !== undefined && { promptTokens: speed.promptTokens }),
    memoryMiB: used ?? null,
    contextTokens: source.contextTokens,
    slots: source.slots,
    ...(source.engineTest && { engineTest: true }),
  }
}

/** The rows of the verdict card; `proof` null gives the rows with the measured side still empty. */
export function verdictRows(expected: Expected, proof: Instance['proof']): VerdictRow[] {
  return [
    row('speed', 'Speed, one user', {
      from: expected.tokensPerSecond,
      to: proof?.decodeTokensPerSecond ?? null,
      write: value => `${figure(value)} tok/s`,
    }),
    firstTokenRow(expected, proof),
    row('memory', 'Memory', { from: expected.memoryMiB, to: proof?.memoryMiB ?? null, write: memory }),
    contextRow(expected, proof?.contextTokens ?? null),
  ]
}

function row(key: string, name: string, { from, to, write }: Pair): VerdictRow {
  return {
    key,
    name,
    estimate: from === null ? null : write(from),
    measured: to === null ? null : write(to),
    off: from === null || to === null || from === 0 ? null : signedPercent(to / from - 1),
  }
}

/**
 * Before the proof the estimate is for a prompt of the task's usual length; the proof asks a short one, and is laid beside what was to
 * be expected of that one. Where that is not known a percentage would mislead.
 */
function firstTokenRow({ ttftMs, promptTokens }: Expected, proof: Instance['proof']): VerdictRow {
  const to = proof?.ttftMs ?? null
  if (proof?.ttftExpectedMs && proof.promptTokens != null)
    return row('ttft', firstTokenName(proof.promptTokens), { from: proof.ttftExpectedMs.mid, to, write: firstToken })
  const both = row('ttft', firstTokenName(promptTokens), { from: ttftMs, to, write: firstToken })
  return { ...both, off: both.off === null ? null : 'short prompt' }
}

const firstTokenName = (promptTokens: number | undefined) =>
  promptTokens === undefined ? 'First token' : `First token, prompt of ${whole(promptTokens)}`

/** Context is granted or not; a percentage would say nothing. */
function contextRow({ contextTokens, slots }: Expected, granted: number | null): VerdictRow {
  const times = slots !== null && slots > 1 ? `${slots} × ` : ''
  const write = (tokens: number | null) => (tokens === null ? null : `${times}${whole(tokens)}`)
  const off = granted === null || contextTokens === null ? null : granted >= contextTokens ? 'granted' : 'less'
  return { key: 'context', name: 'Context', estimate: write(contextTokens), measured: write(granted), off }
}

interface Pair {
  from: number | null
  to: number | null
  write: (value: number) => string
}

/** `+3.3 %`, `−6.7 %` with a true minus; whole numbers from 10 %. */
export function signedPercent(share: number): string {
  const percent = share * 100
  const size = Math.abs(percent)
  const digits = size >= 9.95 ? 0 : 1
  const sign = Number(size.toFixed(digits)) === 0 ? '' : percent > 0 ? '+' : '−'
  return `${sign}${size.toFixed(digits)} %`
}
