import { Failure } from '../../../contract/failure'
import type { HubQuery } from '../../../contract/hub'
import { ask } from '../http-request'
import type { Fetch } from '../network'
import { nextCursor, parseAccount, parseList, parseRepository, type ListedModel, type RepositoryReply } from './hub-reply'

export type HubApi = {
  /** One page of the hub's list. Fails with `offline` or `download-failed`. */
  search(query: HubQuery, signal: AbortSignal): Promise<{ models: ListedModel[]; cursor: string | null }>
  /** The files of a repository at a revision, with sizes and hashes. Also fails with `not-found` and `gated`. */
  repository(id: string, revision: string | null, signal: AbortSignal): Promise<RepositoryReply>
  /** Whether the files may be read with the key we have: the status of a HEAD for one of them. */
  mayRead(id: string, commit: string, signal: AbortSignal): Promise<number>
  /** A small text file of a repository; null when it has none. */
  readSmall(file: { id: string; commit: string; path: string }, signal: AbortSignal): Promise<string | null>
  /** Whose key this is. Fails with `gated` when the hub does not know it. */
  account(token: string, signal: AbortSignal): Promise<string>
}

export type HubApiDependencies = { fetch: Fetch; address: () => string; token: (address: string) => string | null }

const pageSize = 30
const mostTextBytes = 32 * 1024 * 1024
const sorts: Record<HubQuery['sort'], string> = {
  downloads: 'downloads',
  likes: 'likes',
  updated: 'lastModified',
  trending: 'trendingScore',
}
const fields = ['downloads', 'likes', 'lastModified', 'gated', 'tags', 'safetensors', 'gguf']

/** The hub's API for reading: https://huggingface.co/docs/hub/api. */
export function createHubApi({ fetch, address, token }: HubApiDependencies): HubApi {
  const get = async (path: string, { signal, as, method = 'GET' }: { signal: AbortSignal; as?: string; method?: 'GET' | 'HEAD' }) => {
    const base = address()
    const key = as ?? token(base)
    const headers = { accept: 'application/json, text/plain', ...(key && { authorization: `Bearer ${key}` }) }
    return ask(fetch, `${base}${path}`, { method, headers, signal })
  }
  const text = async (response: Response): Promise<string> => {
    if (Number(response.headers.get('content-length') ?? 0) > mostTextBytes)
      throw new Failure('download-failed', 'The hub gave an answer too long to read')
    return response.text()
  }
  return {
    async search(query, signal) {
      const { response } = await get(`/api/models?${searchParameters(query)}`, { signal })
      if (!response.ok) throw await failureOf(response, 'the search', address())
      return { models: parseList(await text(response)), cursor: nextCursor(response.headers.get('link')) }
    },
    async repository(id, revision, signal) {
      const { response } = await get(`/api/models/${escaped(id)}/revision/${encodeURIComponent(revision ?? 'main')}?blobs=true`, { signal })
      const what = revision === null ? id : `${id} at ${revision}`
      if (!response.ok) throw await failureOf(response, what, address())
      return parseRepository(await text(response))
    },
    async mayRead(id, commit, signal) {
      const { response } = await get(`/${escaped(id)}/resolve/${commit}/config.json`, { signal, method: 'HEAD' })
      await response.body?.cancel()
      return response.status
    },
    async readSmall({ id, commit, path }, signal) {
      const { response } = await get(`/${escaped(id)}/resolve/${commit}/${escaped(path)}`, { signal })
      if (!response.ok) {
        await response.body?.cancel()
        return null
      }
      return text(response)
    },
    async account(key, signal) {
      const { response } = await get('/api/whoami-v2', { signal, as: key })
      if (!response.ok) throw await failureOf(response, 'this token', address())
      return parseAccount(await text(response))
    },
  }
}

const escaped = (path: string) => path.split('/').map(encodeURIComponent).join('/')

function searchParameters({ text, format, sort, cursor }: HubQuery): string {
  const parameters = new URLSearchParams({ limit: String(pageSize), sort: sorts[sort], direction: '-1' })
  if (text.trim() !== '') parameters.set('search', text.trim())
  if (format) parameters.append('filter', format)
  if (format !== 'gguf') parameters.append('pipeline_tag', 'text-generation')
  for (const field of fields) parameters.append('expand[]', field)
  if (cursor) parameters.set('cursor', cursor)
  return parameters.toString()
}

/** An answer other than 2xx in plain words. The hub hides private repositories behind 401, as if they were not there. */
async function failureOf(response: Response, what: string, base: string): Promise<Failure> {
  await response.body?.cancel()
  const host = new URL(base).host
  const wait = response.headers.get('retry-after')
  if (response.status === 401) return new Failure('gated', `${host} does not know ${what}, or gives it only with a valid token`)
  if (response.status === 403) return new Failure('gated', `${host} gives ${what} only to people who accepted its terms`)
  if (response.status === 404) return new Failure('not-found', `${host} has no ${what}`)
  if (response.status === 429)
    return new Failure('download-failed', `${host} asks us to wait${wait && /^\d+$/.test(wait) ? ` ${wait} s` : ''}: too many requests`)
  return new Failure('download-failed', `${host} answered ${response.status}`)
}
