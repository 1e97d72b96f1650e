/** One cell of the table, as INTERFACES of `npm run test:runtimes -- --json` has it. */
export type Row = {
  runtime: string
  build: string
  /** False: judged from recorded fixtures only. */
  live: boolean
  check: string
  result: 'pass' | 'fail' | 'skip'
  why?: string
}

/** A row with what only the table and the card show. */
export type TimedRow = Row & {
  ms: number | null
  version: string | null
  /** How it behaved, for the card; absent where the check is not about that. */
  seen?: 'native' | 'gateway' | 'refused' | 'ignored'
}

/** Ends a check as not applicable here, with the reason. */
export class NotHere extends Error {}

/** What a check found: a sentence or a figure, and how a feature was provided. */
export type Finding = { why?: string; seen?: TimedRow['seen'] } | string | undefined

/** An expectation in plain words; a check fails with the sentence. */
export function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

export type Subjected = Pick<Row, 'runtime' | 'build'> & { version: string | null }

/** Runs one check within its time and makes its row; never rejects. */
export async function rowOf(subject: Subjected, check: string, work: (signal: AbortSignal) => Promise<Finding>): Promise<TimedRow> {
  const began = performance.now()
  // The version is known only after the first check.
  const common = () => ({ ...subject, live: true, check })
  const since = () => Math.round(performance.now() - began)
  const limit = AbortSignal.timeout(checkWithinMs)
  try {
    const found = await Promise.race([work(limit), rejectWhen(limit)])
    const { why, seen } = typeof found === 'string' ? { why: found, seen: undefined } : (found ?? {})
    return { ...common(), result: 'pass', ms: since(), ...(why === undefined ? {} : { why }), ...(seen === undefined ? {} : { seen }) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ...common(), result: error instanceof NotHere ? 'skip' : 'fail', ms: since(), why }
  }
}

/** Long enough for an install from a slow network, short enough that a hang is told. */
const checkWithinMs = 15 * 60_000

const rejectWhen = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no result within ${checkWithinMs / 60_000} minutes`)), { once: true })
  })
