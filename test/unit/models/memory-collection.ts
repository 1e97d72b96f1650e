import type { Collection } from '../../../electron/core/store/store.types'

/** Fake of the store's collection: keeps values in memory, as the SQLite one is tested by itself. */
export function memoryCollection<Value>(): Collection<Value> {
  const values = new Map<string, Value>()
  return {
    get: id => values.get(id) ?? null,
    set: (id, value) => void values.set(id, structuredClone(value)),
    remove: id => void values.delete(id),
    all: () => [...values].map(([id, value]) => ({ id, value: structuredClone(value) })),
  }
}
