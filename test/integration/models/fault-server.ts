import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server does with one request; what is not named it does as a good server does. */
export type Fault = {
  /** Breaks the connection after this many bytes of the body, once the other side has taken them. */
  cutAfter?: number
  ignoreRange?: boolean
  contentRange?: (start: number, total: number) => string
  etag?: string | null
  status?: number
  body?: Buffer
  contentType?: string
  location?: string
  /** Milliseconds between chunks of 16 KiB. */
  paceMs?: number
  silent?: boolean
  headers?: Readonly<Record<string, string>>
  /** What `content-length` says in place of the truth. */
  claimedLength?: number
}

export type Request = { method: string; path: string; headers: IncomingHttpHeaders }

/**
 * A real HTTP server that serves one file and misbehaves by script, one fault for each request in turn. `taken` tells how
 * many bytes of the answer its reader has: what still lies in buffers when a connection breaks is lost.
 */
export async function startFaultServer(content: Buffer, script: Fault[] = [], taken: () => number = () => Infinity) {
  const requests: Request[] = []
  const goodEtag = `"${createHash('sha256').update(content).digest('hex')}"`
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
    void answer(response, { content, goodEtag, headers: request.headers, head: request.method === 'HEAD', taken }, script.shift() ?? {})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    file: `http://127.0.0.1:${port}/file.gguf`,
    requests,
    script,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

type Asked = { content: Buffer; goodEtag: string; headers: IncomingHttpHeaders; head: boolean; taken: () => number }

/** One answer about one file, good or as the fault says. */
export async function answer(response: ServerResponse, asked: Asked, fault: Fault) {
  if (fault.silent) return
  const etag = fault.etag === undefined ? asked.goodEtag : fault.etag
  const start = rangeStart(asked.headers, etag, fault)
  const total = asked.content.length
  const kind = start >= total ? 'beyond' : start > 0 ? 'partial' : 'whole'
  const body = fault.body ?? asked.content.subarray(start)
  const ranges = { beyond: `bytes */${total}`, partial: (fault.contentRange ?? goodRange)(start, total), whole: null }
  const range = ranges[kind]
  response.writeHead(fault.status ?? { beyond: 416, partial: 206, whole: 200 }[kind], {
    'content-length': fault.claimedLength ?? body.length,
    'content-type': fault.contentType ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    ...(etag !== null && { etag }),
    ...(fault.location !== undefined && { location: fault.location }),
    ...(range !== null && { 'content-range': range }),
    ...fault.headers,
  })
  if (asked.head) response.end()
  else await send(response, { body, taken: asked.taken }, fault)
}

function rangeStart(headers: IncomingHttpHeaders, etag: string | null, { ignoreRange, body }: Fault): number {
  if (ignoreRange || body) return 0
  const match = /^bytes=(\d+)-$/.exec(headers.range ?? '')
  const validated = headers['if-range'] === undefined || headers['if-range'] === etag
  return match && validated ? Number(match[1]) : 0
}

const goodRange = (start: number, total: number) => `bytes ${start}-${total - 1}/${total}`

async function send(response: ServerResponse, { body, taken }: { body: Buffer; taken: () => number }, { cutAfter, paceMs }: Fault) {
  const end = Math.min(body.length, cutAfter ?? body.length)
  for (let sent = 0; sent < end && !response.destroyed;) {
    const chunk = body.subarray(sent, Math.min(end, sent + 16 * 1024))
    await new Promise<void>(resolve => response.write(chunk, () => resolve()))
    sent += chunk.length
    if (paceMs !== undefined) await new Promise(resolve => setTimeout(resolve, paceMs))
  }
  if (cutAfter === undefined) return void response.end()
  for (let waited = 0; waited < 1_000 && taken() < end; waited++) await new Promise(resolve => setTimeout(resolve, 2))
  response.socket?.end()
}
