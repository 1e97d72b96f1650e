import { implement, ORPCError } from '@orpc/server'
import { contract } from '../contract'
import { Failure, reportOf, type FailureCode } from '../contract/failure'

/** What was asked for is wrong or gone: the window does not ask for it again. */
const statuses: Partial<Record<FailureCode, number>> = { 'bad-input': 400, unauthorised: 401, 'not-found': 404 }

/** Whatever was thrown crosses as an error with its code, its own words and its report, whatever the transport. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    return await next()
  } catch (error) {
    if (error instanceof ORPCError) throw error
    const failure = failureOf(error)
    const { code, message } = failure ?? { code: unexpectedCode, message: error instanceof Error ? error.message : String(error) }
    throw new ORPCError(code, {
      message,
      status: (failure && statuses[failure.code]) ?? 500,
      data: reportOf(failure ?? error),
      cause: error,
    })
  }
})

/** oRPC's own code for what nobody expected. */
const unexpectedCode = 'INTERNAL_SERVER_ERROR'

/** The fault of ours behind an error; null when it is an answer to whoever asked. */
export function faultIn(error: unknown): unknown {
  if (!(error instanceof ORPCError)) return error
  return error.code === unexpectedCode ? (error.cause ?? error) : null
}

/** SQLITE_FULL (https://www.sqlite.org/rescode.html). */
const sqliteFull = 13

/** What a person can do something about; a full disk may come up wherever something is written. */
function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error
  if (!(error instanceof Error)) return null
  const isFull =
    ('errcode' in error && error.errcode === sqliteFull) || ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
  return isFull ? new Failure('disk-full', 'The disk is full, so this could not be kept.', { cause: error }) : null
}
