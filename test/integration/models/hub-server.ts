import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, type Fault, type Request } from './fault-server'

export type HubRepo = {
  files: Record<string, Buffer>
  commit?: string
  tags?: string[]
  gated?: boolean
  downloads?: number
  parameters?: number
  /** Files of older commits. */
  older?: Record<string, Record<string, Buffer>>
}

export const commitOf = (digit: string) => digit.repeat(40)
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/**
 * A hub in small over real HTTP, with the public hub's paths, headers and redirects: files lie on a second host, which is
 * where `faults` strike, one for each request of a file in turn. `tokens` maps a key to its account; only those in
 * `consented` may read gated repositories.
 */
export async function startHubServer(repositories: Record<string, HubRepo>) {
  const requests: Request[] = []
  const cdnRequests: Request[] = []
  const faults: Record<string, Fault[]> = {}
  const apiFaults: Fault[] = []
  const tokens: Record<string, string> = {}
  const consented = new Set<string>()
  const blobs = new Map<string, { name: string; bytes: Buffer }>()
  const note = (list: Request[], request: IncomingMessage) =>
    list.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })

  const cdn = await listen((request, response) => {
    note(cdnRequests, request)
    const blob = blobs.get((request.url ?? '').slice(1))
    if (!blob) return void response.writeHead(404).end()
    const head = request.method === 'HEAD'
    const fault = head ? {} : (faults[blob.name]?.shift() ?? {})
    const goodEtag = `"${hashOf(blob.bytes)}"`
    void answer(response, { content: blob.bytes, goodEtag, headers: request.headers, head, taken: () => Infinity }, fault)
  })

  const json = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
  const describe = (id: string, { downloads = 1, tags = [], gated = false, parameters }: HubRepo) => ({
    ...{ id, downloads, likes: 2, lastModified: '2026-05-01T00:00:00.000Z', gated: gated ? 'auto' : false, tags },
    ...(parameters !== undefined && { [tags.includes('gguf') ? 'gguf' : 'safetensors']: { total: parameters } }),
  })

  const refused = (repo: HubRepo, key: string | null): number | null => {
    if (!repo.gated) return null
    if (key === null || !(key in tokens)) return 401
    return consented.has(key) ? null : 403
  }

  const whoAmI = (response: ServerResponse, key: string | null) => {
    const name = key === null ? undefined : tokens[key]
    if (name === undefined) response.writeHead(401).end('{}')
    else json(response, { name })
  }
  const keyOf = (request: IncomingMessage) => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null

  const hub = await listen((request, response) => {
    note(requests, request)
    const url = new URL(request.url ?? '', 'http://hub')
    if (url.pathname === '/api/whoami-v2') return whoAmI(response, keyOf(request))
    const fault = apiFaults.shift()
    if (fault) return void response.writeHead(fault.status ?? 500, fault.headers ?? {}).end(fault.body)
    if (url.pathname === '/') return void response.end()
    if (url.pathname === '/api/models') return list(url, response)
    const about = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(url.pathname)
    return about ? tell(response, about[1] ?? '', about[2] ?? '') : give(request, response, url)
  })

  function tell(response: ServerResponse, id: string, revision: string) {
    const repo = repositories[id]
    // A name that means no commit is answered so by the public hub.
    if (repo && !filesAt(repo, revision)) response.writeHead(404).end('{"error":"Invalid rev id"}')
    else if (repo) json(response, wholeOf(id, repo, revision))
    else response.writeHead(401).end('{}')
  }

  function give(request: IncomingMessage, response: ServerResponse, url: URL) {
    const [, id = '', revision = '', path = ''] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? []
    const repo = repositories[id]
    const status = repo ? refused(repo, keyOf(request)) : 401
    if (repo && status === null) resolve(response, repo, { revision, path })
    else response.writeHead(status ?? 401).end()
  }

  function list(url: URL, response: ServerResponse) {
    const [search, filter] = [url.searchParams.get('search') ?? '', url.searchParams.get('filter')]
    const limit = 2
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const found = Object.entries(repositories)
      .filter(([id, repo]) => id.toLowerCase().includes(search.toLowerCase()) && (filter === null || repo.tags?.includes(filter)))
      .sort((a, b) => (b[1].downloads ?? 1) - (a[1].downloads ?? 1))
      .map(([id, repo]) => describe(id, repo))
    const next = from + limit < found.length ? { link: `<http://elsewhere.invalid/api/models?cursor=${from + limit}>; rel="next"` } : {}
    json(response, found.slice(from, from + limit), next)
  }

  const filesAt = (repo: HubRepo, revision: string) =>
    revision === 'main' || revision === (repo.commit ?? commitOf('a')) ? repo.files : repo.older?.[revision]

  const wholeOf = (id: string, repo: HubRepo, revision: string) => ({
    ...describe(id, repo),
    sha: revision === 'main' ? (repo.commit ?? commitOf('a')) : revision,
    cardData: { license: 'apache-2.0' },
    siblings: Object.entries(filesAt(repo, revision) ?? {}).map(([rfilename, bytes]) => ({
      ...{ rfilename, size: bytes.length },
      ...(isLarge(rfilename) && { lfs: { sha256: hashOf(bytes), size: bytes.length } }),
    })),
  })

  function resolve(response: ServerResponse, repo: HubRepo, { revision, path }: { revision: string; path: string }) {
    const bytes = filesAt(repo, revision)?.[path]
    const commit = revision === 'main' ? (repo.commit ?? commitOf('a')) : revision
    if (!bytes) return void response.writeHead(404, { 'x-repo-commit': commit }).end()
    const hash = hashOf(bytes)
    blobs.set(hash, { name: path, bytes })
    const etag = isLarge(path) ? `"${hash}"` : `"${hash.slice(0, 40)}"`
    const headers = { 'x-repo-commit': commit, 'x-linked-size': String(bytes.length), 'x-linked-etag': etag }
    response.writeHead(302, { ...headers, location: `${cdn.address}/${hash}` }).end()
  }

  return {
    ...{ address: hub.address, requests, cdnRequests, faults, apiFaults, tokens, consented, repositories },
    async close() {
      await hub.close()
      await cdn.close()
    },
  }
}

const isLarge = (path: string) => /\.(gguf|safetensors)$/.test(path)

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
