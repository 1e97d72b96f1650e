/** How much is in flight, per instance and in all. */
export type Load = {
  enter(instanceId: string): void
  leave(instanceId: string): void
  of(instanceId: string): number
  total(): number
  /** Requests forwarded since the start. */
  served(): number
  /** Something that watchers see has changed; they are told soon. */
  changed(): void
  /** Resolves when nothing is in flight, or after `graceMs`. */
  idle(graceMs: number): Promise<void>
  end(): void
}

/** Watchers are told at most so often; a burst of requests is one change to the eye. */
const tellEveryMs = 100

export function createLoad(tell: () => void): Load {
  const running = new Map<string, number>()
  let total = 0
  let served = 0
  let timer: NodeJS.Timeout | undefined
  let whenIdle: (() => void) | null = null

  function changed() {
    timer ??= setTimeout(() => {
      timer = undefined
      tell()
    }, tellEveryMs).unref()
  }

  function count(instanceId: string, change: 1 | -1) {
    const now = (running.get(instanceId) ?? 0) + change
    if (now === 0) running.delete(instanceId)
    else running.set(instanceId, now)
    total += change
    if (total === 0) whenIdle?.()
    changed()
  }

  return {
    enter(instanceId) {
      served += 1
      count(instanceId, 1)
    },
    leave: instanceId => count(instanceId, -1),
    of: instanceId => running.get(instanceId) ?? 0,
    total: () => total,
    served: () => served,
    changed,
    idle(graceMs) {
      if (total === 0 || graceMs === 0) return Promise.resolve()
      return new Promise(resolve => {
        const end = () => {
          clearTimeout(limit)
          whenIdle = null
          resolve()
        }
        const limit = setTimeout(end, graceMs)
        whenIdle = end
      })
    },
    end() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
