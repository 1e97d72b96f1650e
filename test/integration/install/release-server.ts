import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InstallPlan, Runtime } from '../../../electron/core/runtimes/runtime'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { parseServerVersion } from '../../../electron/core/runtimes/llama-cpp.builds'

export type Asset = { name: string; content: Buffer; /** Null: GitHub announces none. */ digest?: string | null; size?: number }

/** Speaks GitHub's releases API and hands out the files; `hold` keeps the second half of a download back until it is let go. */
export async function serveReleases(assets: Asset[], { tag = 'b12345', repository = 'makers/engine' } = {}) {
  const held: Held = { hold: false, openDownloads: 0, cutOnce: false, redirect: false }
  const asked: string[] = []
  const ranges: (string | undefined)[] = []
  /** In place of the list: status and headers. */
  const refuse: { now: { status: number; headers: Record<string, string> } | null } = { now: null }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const path = (request.url ?? '').replace(/^\/elsewhere/, '/files')
    const asset = assets.find(each => path === `/files/${each.name}`)
    if (asset && held.redirect && request.url?.startsWith('/files/')) {
      response.writeHead(302, { location: request.url.replace('/files/', '/elsewhere/') }).end()
      return
    }
    if (asset) {
      sendAsset(asset, { request, response, held, ranges })
      return
    }
    if (refuse.now && request.url?.startsWith('/repos/')) {
      response.writeHead(refuse.now.status, refuse.now.headers).end('{"message":"API rate limit exceeded"}')
      return
    }
    if (request.url === `/repos/${repository}/releases/tags/${tag}`) {
      response.writeHead(200).end(JSON.stringify({ tag_name: tag, assets: assets.map(describeAsset) }))
      return
    }
    if (request.url !== `/repos/${repository}/releases?per_page=10`) {
      response.writeHead(404).end('{"message":"Not Found"}')
      return
    }
    const releases = [
      { tag_name: 'b99999', draft: false, prerelease: true, assets: [] },
      { tag_name: tag, draft: false, prerelease: true, assets: assets.map(describeAsset) },
    ]
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(releases))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  function describeAsset({ name, content, digest, size }: Asset) {
    const real = `sha256:${createHash('sha256').update(content).digest('hex')}`
    return {
      name,
      size: size ?? content.length,
      digest: digest === undefined ? real : digest,
      browser_download_url: `${address}/files/${name}`,
    }
  }
  return {
    address,
    asked,
    held,
    ranges,
    refuse,
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}

type Held = { hold: boolean; openDownloads: number; cutOnce: boolean; redirect: boolean }
type Sending = { request: IncomingMessage; response: ServerResponse; held: Held; ranges: (string | undefined)[] }

/** The file, or the rest of it where If-Range names it as it is now. */
function sendAsset(asset: Asset, { request, response, held, ranges }: Sending) {
  held.openDownloads += 1
  response.on('close', () => (held.openDownloads -= 1))
  ranges.push(request.headers.range)
  const etag = `"${createHash('sha256').update(asset.content).digest('hex').slice(0, 16)}"`
  const wanted = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const from = request.headers['if-range'] === etag ? wanted : 0
  const rest = asset.content.subarray(from)
  const head = { 'content-length': rest.length, etag }
  if (from > 0) response.writeHead(206, { ...head, 'content-range': `bytes ${from}-${asset.content.length - 1}/${asset.content.length}` })
  else response.writeHead(200, head)
  const half = Math.floor(rest.length / 2)
  response.write(rest.subarray(0, half), () => {
    if (held.cutOnce) response.destroy()
    else if (!held.hold) response.end(rest.subarray(half))
    held.cutOnce = false
  })
}

/** A runtime whose only kind of build comes from that server; everything else is llama.cpp's own. */
export function runtimeWith(fetch: InstallPlan['fetch'], changes: Partial<InstallPlan> = {}): Runtime {
  const plan: InstallPlan = {
    id: 'github-cpu',
    title: 'Engine for the CPU',
    variant: 'cpu',
    backends: ['cpu'],
    fetch,
    why: null,
    ...changes,
  }
  return {
    ...llamaCpp,
    builds: [
      {
        kind: 'llama-server',
        title: 'llama-server',
        find: { commands: ['llama-server'], places: {}, versionArguments: ['--version'] },
        parseVersion: parseServerVersion,
        installs: () => [plan],
      },
    ],
  }
}
