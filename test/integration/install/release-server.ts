import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InstallPlan, Runtime } from '../../../electron/core/runtimes/runtime'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { parseServerVersion } from '../../../electron/core/runtimes/llama-cpp.builds'

export type Asset = { name: string; content: Buffer; /** Null: GitHub announces none. */ digest?: string | null; size?: number }

/** Speaks GitHub's releases API and hands out the files; `hold` keeps the second half of a download back until it is let go. */
export async function serveReleases(assets: readonly Asset[], tag = 'b12345') {
  const held = { hold: false, openDownloads: 0 }
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const asset = assets.find(each => request.url === `/files/${each.name}`)
    if (asset) {
      held.openDownloads += 1
      response.on('close', () => (held.openDownloads -= 1))
      response.writeHead(200, { 'content-length': asset.content.length })
      const half = Math.floor(asset.content.length / 2)
      response.write(asset.content.subarray(0, half))
      if (!held.hold) response.end(asset.content.subarray(half))
      return
    }
    if (request.url !== '/repos/makers/engine/releases?per_page=10') {
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
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
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
