import type { Machine, Origin } from '../../contract/machine'

/** Keeps, per path of the machine, where a value comes from or why there is none. */
export type Ledger = {
  unknown: Machine['unknown']
  origins: Machine['origins']
  /** Notes the value's origin, or the reason when it is null, and gives the value back. */
  note<Value>(path: string, value: Value | null | undefined, say: { origin: Origin | null; why: string }): Value | null
}

export function createLedger(): Ledger {
  const unknown: Machine['unknown'] = {}
  const origins: Machine['origins'] = {}
  return {
    unknown,
    origins,
    note(path, value, { origin, why }) {
      if (value === null || value === undefined) {
        unknown[path] = why
        return null
      }
      if (origin) origins[path] = origin
      // A later, surer source may fill what an earlier one left open.
      Reflect.deleteProperty(unknown, path)
      return value
    },
  }
}

export const probed = (from: string): Origin => ({ kind: 'probe', from, confidence: 'sure' })
export const derived = (from: string): Origin => ({ kind: 'derived', from, confidence: 'likely' })
export const fromTable = (from: string): Origin => ({ kind: 'table', from, confidence: 'likely' })
export const guessed = (from: string): Origin => ({ kind: 'derived', from, confidence: 'guess' })
