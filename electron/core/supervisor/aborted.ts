import { Failure } from '../../contract/failure'

/** Resolves when the signal fires, at once where it has. */
export const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * What is prepared; whoever stops it waits for nothing that it may still do.
 * @throws Failure `cancelled` as soon as the signal fires.
 */
export function orAborted<Value>(signal: AbortSignal, prepared: Promise<Value>): Promise<Value> {
  const given = aborted(signal).then((): never => {
    throw new Failure('cancelled', 'It was stopped before it was started')
  })
  return Promise.race([prepared, given])
}
