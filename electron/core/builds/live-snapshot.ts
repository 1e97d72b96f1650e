import { createEventBus } from '../lib/event-bus'

const gatherMs = 50

export type LiveSnapshotDeps<Value> = {
  make(): Promise<Value>
  /** The value that is shown while it is made again. */
  again(last: Value): Value
  report(error: unknown): void
}

/**
 * A value that takes time to make, made again after each change, one making at a time. `read` waits for a value that is newer
 * than the last change.
 */
export function createLiveSnapshot<Value>({ make, again, report }: LiveSnapshotDeps<Value>) {
  const bus = createEventBus<Value>(report)
  let version = 0
  let made: { version: number; value: Value } | null = null
  let making: Promise<Value> | null = null
  let timer: NodeJS.Timeout | null = null
  let watchers = 0

  async function makeNow(): Promise<Value> {
    if (made) bus.emit(again(made.value))
    for (;;) {
      const began = version
      const value = await make()
      if (began !== version) continue
      made = { version, value }
      bus.emit(value)
      return value
    }
  }

  function read(): Promise<Value> {
    if (made?.version === version) return Promise.resolve(made.value)
    making ??= makeNow().finally(() => {
      making = null
    })
    return making
  }

  return {
    read,
    last: () => made?.value ?? null,
    /** Who watches is told soon; while nobody does, nothing is made. */
    changed() {
      version += 1
      if (watchers === 0 || timer) return
      timer = setTimeout(() => {
        timer = null
        void read().catch(report)
      }, gatherMs)
      timer.unref()
    },
    subscribe(listener: (value: Value) => void): () => void {
      watchers += 1
      const end = bus.subscribe(listener)
      return () => {
        watchers -= 1
        end()
      }
    },
  }
}
