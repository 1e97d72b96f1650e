import type { FailureReport } from '../../electron/contract/failure'

/** Whatever a call threw, as a report a person can read. The host sends a report as the data of its error. */
export function reportOfError(error: unknown): FailureReport {
  const data: unknown = typeof error === 'object' && error !== null && 'data' in error ? error.data : null
  if (isReport(data)) return data
  const issues = issuesIn(data)
  if (issues !== null) return { code: 'bad-input', message: issues, suggestion: null }
  const message = error instanceof Error ? error.message : String(error)
  return { code: codeOf(error) ?? 'unexpected', message, suggestion: null }
}

/** What happened and what helps, in one text for beside a field. */
export function sentenceOfError(error: unknown): string {
  return sentenceOf(reportOfError(error))
}

export function sentenceOf({ message, suggestion }: Pick<FailureReport, 'message' | 'suggestion'>): string {
  return suggestion === null ? message : `${sentence(message)} ${suggestion}`
}

/** Closed with a full stop where nothing closes it yet, so that another sentence can follow. */
export function sentence(message: string): string {
  return /[.!?…:]["”’)]?$/.test(message) ? message : `${message}.`
}

/** True for what giving up on purpose throws: it is nobody's failure. */
export function wasAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** True for an answer that asking again will not change: the host understood and refused. */
export function isFinal(error: unknown): boolean {
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : null
  return typeof status === 'number' && status >= 400 && status < 500
}

/** What the contract refused of an input, field by field; null where the data is no such list. */
function issuesIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return null
  const told = data.issues.map((issue: unknown) => {
    const path: unknown = field(issue, 'path')
    const message: unknown = field(issue, 'message')
    return [Array.isArray(path) ? path.map(String).join('.') : '', typeof message === 'string' ? message : ''].filter(Boolean).join(': ')
  })
  return told.length === 0 ? null : told.join('; ')
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

function isReport(data: unknown): data is FailureReport {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'message' in data &&
    typeof data.message === 'string' &&
    'suggestion' in data
  )
}
