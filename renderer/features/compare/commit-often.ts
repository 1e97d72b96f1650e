/** How often the window takes over what has come: as often as the host tells it. */
export const commitEveryMs = 50

/**
 * Hands the newest value on at most every `everyMs`: the first at once, later ones when their time has come, the last one always.
 * @param everyMs milliseconds between two commits
 */
export function commitAtMostEvery<Value>(everyMs: number, commit: (value: Value) => void) {
  let pending: { value: Value } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function commitPending() {
    timer = undefined
    if (!pending) return
    const { value } = pending
    pending = null
    timer = setTimeout(commitPending, everyMs)
    commit(value)
  }

  return {
    /** Takes a value; an `urgent` one does not wait. */
    push(value: Value, urgent = false) {
      pending = { value }
      if (urgent) clearTimeout(timer)
      if (urgent || timer === undefined) commitPending()
    },
    /** Forgets what waits. */
    drop() {
      clearTimeout(timer)
      timer = undefined
      pending = null
    },
  }
}
