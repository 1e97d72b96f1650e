import { Failure } from '../../contract/failure'
import type { Fetch, FetchOptions } from './network'

const maxRedirects = 10
/** Headers that must never reach a host they were not meant for. */
const secretHeaders = new Set(['authorization', 'cookie', 'x-api-key'])

export type Asked = {
  response: Response
  /** Where the answer came from in the end. */
  address: string
  /** The headers of every answer on the way, first to last: a hub tells the hash and commit before it redirects. */
  headers: readonly Headers[]
}

/** Asks and follows redirects, dropping secrets as soon as another host is asked. Fails with `offline` or `download-failed`. */
export async function ask(fetch: Fetch, address: string, options: Omit<FetchOptions, 'redirect'> = {}): Promise<Asked> {
  const headers: Headers[] = []
  let asked = new URL(address)
  let sent = options.headers ?? {}
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const response = await fetchOnce(fetch, asked, { ...options, headers: sent, redirect: 'manual' })
    headers.push(response.headers)
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null) {
      return { response, address: asked.href, headers }
    }
    await response.body?.cancel()
    const next = new URL(location, asked)
    if (next.protocol !== 'https:' && next.protocol !== 'http:')
      throw new Failure('download-failed', `${asked.host} sent us to ${next.protocol}, which is no web address`)
    if (asked.protocol === 'https:' && next.protocol === 'http:')
      throw new Failure('download-failed', `${asked.host} sent us to an address without encryption`)
    if (next.origin !== asked.origin)
      sent = Object.fromEntries(Object.entries(sent).filter(([name]) => !secretHeaders.has(name.toLowerCase())))
    asked = next
  }
  throw new Failure('download-failed', `${asked.host} redirects without end`)
}

async function fetchOnce(fetch: Fetch, address: URL, options: FetchOptions): Promise<Response> {
  try {
    return await fetch(address.href, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw new Failure('offline', `${address.host} cannot be reached: ${reasonOf(error)}`, { cause: error })
  }
}

/** The deepest message of an error: fetch hides the real one in causes. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return reasonOf(error.cause)
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
