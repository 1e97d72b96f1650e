import type { Clock } from '../lib/clock'

/** A busy server answers a question for its health later than this at most, or it is missed. */
const answeredWithinMs = 15_000

export type OwnQuestions = {
  /** A GET of ours goes out; the returned function takes it back where no line will tell of it. */
  asked(path: string): () => void
  /** Whether a line about a GET of this path is the one of a question of ours, which is then told once. */
  isOurs(path: string): boolean
}

/**
 * What we ask a runtime beside the work: its health every few seconds, its figures. A server writes each into its log; who asked
 * cannot be told from the line, so as many lines are left out as there were questions, and no more.
 */
export function createOwnQuestions(clock: Clock): OwnQuestions {
  let open: { path: string; atMs: number }[] = []
  return {
    asked(path) {
      const nowMs = clock.monotonicMs()
      const question = { path, atMs: nowMs }
      open = [...open.filter(each => nowMs - each.atMs < answeredWithinMs), question]
      return () => {
        open = open.filter(each => each !== question)
      }
    },
    isOurs(path) {
      const nowMs = clock.monotonicMs()
      const first = open.findIndex(each => each.path === path && nowMs - each.atMs < answeredWithinMs)
      if (first === -1) return false
      open.splice(first, 1)
      return true
    },
  }
}

/** A fetch that notes each GET that it sends, and takes back those that did not reach the server or did not go well. */
export function askingFetch(fetch: typeof globalThis.fetch, { asked }: Pick<OwnQuestions, 'asked'>): typeof globalThis.fetch {
  return async (input, init) => {
    if (typeof input !== 'string' || (init?.method ?? 'GET') !== 'GET') return fetch(input, init)
    const { pathname, search } = new URL(input)
    const takeBack = asked(pathname + search)
    try {
      const response = await fetch(input, init)
      if (response.status !== 200) takeBack()
      return response
    } catch (error) {
      takeBack()
      throw error
    }
  }
}
