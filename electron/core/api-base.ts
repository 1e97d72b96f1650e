import { implement, ORPCError } from '@orpc/server'
import { contract } from '../contract'
import { Failure, type FailureCode } from '../contract/failure'

/** What was asked for is wrong or gone: the window does not ask for it again. */
const statuses: Partial<Record<FailureCode, number>> = { 'bad-input': 400, unauthorised: 401, 'not-found': 404 }

/** A Failure crosses as an error with its code, whatever the transport. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    return await next()
  } catch (error) {
    throw error instanceof Failure ? new ORPCError(error.code, { message: error.message, status: statuses[error.code] ?? 500 }) : error
  }
})
