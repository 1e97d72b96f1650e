/** How often the window takes over what has come: as often as the host tells it, give or take what timers are late. */
export const commitEveryMs = 40

/**
 * Hands the newest value on at most every `everyMs`: the first at once, later ones when their time has come, the last one always.
 * @param everyMs milliseconds between two commits
 */
export function commitAtMostEvery<Value>(everyMs: number, commit: (value: Value) => void) {
  let pending: { value: Value } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let committedMs = -Infinity

  function commitPending() {
    clearTimeout(timer)
    timer = undefined
    if (!pending) return
    const { value } = pending
    pending = null
    committedMs = performance.now()
    commit(value)
  }

  return {
    /** Takes a value; an `urgent` one does not wait. */
    push(value: Value, urgent = false) {
      pending = { value }
      const waitMs = urgent ? 0 : committedMs + everyMs - performance.now()
      if (waitMs <= 0) commitPending()
      else timer ??= setTimeout(commitPending, waitMs)
    },
    /** Forgets what waits. */
    drop() {
      clearTimeout(timer)
      timer = undefined
      pending = null
    },
  }
}
