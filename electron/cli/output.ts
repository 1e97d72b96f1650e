import { ORPCError } from '@orpc/client'
import { Failure, failureCodes, reportOf, type FailureCode, type FailureReport } from '../contract/failure'

/** Exit codes that scripts rely on. */
export const exitCodes = { done: 0, failed: 1, usage: 2, notAvailable: 3, cancelled: 130 } as const

export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2))
/** Progress and remarks: stderr, so that stdout stays one object. */
export const remark = (text: string): void => void process.stderr.write(`${text}\n`)

/** Ends once everything printed has been taken: a pipe holds 64 KiB, and what is beyond would be lost with the process. */
export async function leave(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written))
  process.exit(code)
}

/** Whoever reads may have gone (`| head`), which is their right. */
const written = (stream: NodeJS.WriteStream) =>
  new Promise<void>(resolve => {
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })

const isRemote = (error: unknown): error is ORPCError<string, unknown> => error instanceof ORPCError

/** A failure of the host arrives as an oRPC error with our code; others are local. */
export function reportFrom(error: unknown): FailureReport {
  if (wasCutOff(error))
    return reportOf(new Failure('unexpected', 'The host ended before it had answered. What it said last is in its logs folder.'))
  if (!isRemote(error)) return reportOf(error)
  if (error.code === 'BAD_REQUEST') return { code: 'bad-input', message: detailOf(error), suggestion: failureCodes['bad-input'] }
  const code = error.code in failureCodes ? (error.code as FailureCode) : 'unexpected'
  return { code, message: error.message, suggestion: failureCodes[code] }
}

/** How oRPC tells a caller that its connection is gone. */
const wasCutOff = (error: unknown) => error instanceof Error && error.message.startsWith('[AsyncIdQueue]')

/** A command that was typed wrong, as a report. */
export const usageReport = (message: string): FailureReport => ({
  code: 'bad-input',
  message: message.replace(/^error: /, ''),
  suggestion: 'Add --help for the options.',
})

function detailOf(error: ORPCError<string, unknown>): string {
  const issues = (error.data as { issues?: { path?: (string | number)[]; message: string }[] } | undefined)?.issues
  if (!issues) return error.message
  return issues.map(issue => `${(issue.path ?? []).join('.')}: ${issue.message}`).join('; ')
}

export function exitCodeOf(report: FailureReport): number {
  if (report.code === 'bad-input') return exitCodes.usage
  if (report.code === 'not-available-here') return exitCodes.notAvailable
  return report.code === 'cancelled' ? exitCodes.cancelled : exitCodes.failed
}

/** Rows under a head, columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), ...rows.map(line)].join('\n')
}

/** Parses JSON that a person typed or named. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure('bad-input', `${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
