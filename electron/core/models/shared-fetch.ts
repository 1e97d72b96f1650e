import { Failure } from '../../contract/failure'
import type { LibraryModel } from '../../contract/model'
import type { FetchWatch } from './artifact-fetch'

type Shared = { promise: Promise<LibraryModel>; watchers: Set<FetchWatch>; abort: AbortController; source: string | null }

export type SharedFetch = {
  /** Begins fetching `id`, or joins whoever fetches it already; it ends early only when the last one leaves. */
  fetch(id: string, watch: FetchWatch): Promise<LibraryModel>
}

/** One transfer for each model, however many wait for it: a download and a start may want the same file at once. */
export function createSharedFetch(perform: (id: string, watch: FetchWatch) => Promise<LibraryModel>): SharedFetch {
  const running = new Map<string, Shared>()

  const begin = (id: string): Shared => {
    const abort = new AbortController()
    const watchers = new Set<FetchWatch>()
    const shared: Shared = { promise: Promise.reject(new Failure('unexpected', 'not begun')), watchers, abort, source: null }
    shared.promise.catch(() => undefined)
    const each = (tell: (watch: FetchWatch) => void) => watchers.forEach(tell)
    shared.promise = perform(id, {
      signal: abort.signal,
      onSource(text) {
        shared.source = text
        each(watch => watch.onSource(text))
      },
      onDownload: amount => each(watch => watch.onDownload(amount)),
      onUnpack: amount => each(watch => watch.onUnpack(amount)),
      onNote: text => each(watch => watch.onNote(text)),
    }).finally(() => {
      if (running.get(id) === shared) running.delete(id)
    })
    running.set(id, shared)
    return shared
  }

  /** One that is being cancelled is not joined: the next begins when it has let go of its files. */
  const current = async (id: string): Promise<Shared> => {
    for (let shared = running.get(id); shared; shared = running.get(id)) {
      if (!shared.abort.signal.aborted) return shared
      await shared.promise.catch(() => undefined)
    }
    return begin(id)
  }

  return {
    async fetch(id, watch) {
      watch.signal.throwIfAborted()
      const shared = await current(id)
      shared.watchers.add(watch)
      if (shared.source !== null) watch.onSource(shared.source)
      const left = new Promise<never>((_, reject) => {
        watch.signal.addEventListener('abort', () => reject(new Failure('cancelled', `Fetching ${id} was cancelled`)), { once: true })
      })
      try {
        return await Promise.race([shared.promise, left])
      } finally {
        shared.watchers.delete(watch)
        if (shared.watchers.size === 0 && running.get(id) === shared) await letGo(id, shared)
      }
    },
  }

  /** The part is closed before the last one goes, so that whoever comes next can go on with it. */
  async function letGo(id: string, shared: Shared) {
    shared.abort.abort(new Failure('cancelled', `Fetching ${id} was cancelled`))
    await shared.promise.catch(() => undefined)
  }
}
