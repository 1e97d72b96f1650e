import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Served = { body: Buffer; headers?: Readonly<Record<string, string>>; status?: number }

/** A real HTTP server over a table of paths, for a hub or a package index in small. */
export async function startFileServer(files: Record<string, Served>, paceMs = 0) {
  const requests: { method: string; path: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    requests.push({ method: request.method ?? '', path, authorization: request.headers.authorization })
    const served = files[path]
    const body = served?.body ?? Buffer.alloc(0)
    const etag = createHash('sha256').update(body).digest('hex')
    response.writeHead(served ? (served.status ?? 200) : 404, { 'content-length': body.length, etag: `"${etag}"`, ...served?.headers })
    if (request.method === 'HEAD') response.end()
    else if (paceMs === 0) response.end(body)
    else void paced()

    async function paced() {
      for (let sent = 0; sent < body.length && !response.destroyed; sent += 8_192) {
        response.write(body.subarray(sent, sent + 8_192))
        await new Promise(resolve => setTimeout(resolve, paceMs))
      }
      response.end()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    files,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
