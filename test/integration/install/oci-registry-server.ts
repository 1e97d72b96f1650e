import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

export type Served = { address: string; digest: string; bytes: number; layers: string[]; asked: string[]; close(): Promise<void> }

/**
 * A registry of one image over the distribution protocol: a token is wanted first, the tag names an index of two platforms, each with a
 * manifest. `change` may spoil an answer on its way.
 */
export async function serveRegistry(
  { repository, tag, layerBytes }: { repository: string; tag: string; layerBytes: readonly number[] },
  change: (path: string, body: string) => { status?: number; body?: string } = () => ({}),
): Promise<Served> {
  const blob = (name: string, size: number) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(name), size })
  const manifestOf = (architecture: string) =>
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { ...blob(`config ${architecture}`, 100), mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: layerBytes.map((size, index) => blob(`layer ${index} ${architecture}`, size)),
    })
  const manifests = new Map(['amd64', 'arm64'].map(architecture => [architecture, manifestOf(architecture)]))
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [...manifests].map(([architecture, text]) => ({
      ...{ mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(text), size: text.length },
      platform: { os: 'linux', architecture },
    })),
  })
  const bodies = new Map([[tag, index], [digestOf(index), index], ...[...manifests.values()].map(text => [digestOf(text), text] as const)])
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://here')
    asked.push(pathname)
    if (pathname === '/token') {
      const right = searchParams.get('scope') === `repository:${repository}:pull`
      return void response.writeHead(right ? 200 : 400).end(JSON.stringify({ token: 'for reading' }))
    }
    if (request.headers.authorization !== 'Bearer for reading') {
      const realm = `http://${request.headers.host ?? ''}/token`
      const challenge = `Bearer realm="${realm}",service="registry.test",scope="repository:${repository}:pull"`
      return void response.writeHead(401, { 'www-authenticate': challenge }).end('{"errors":[{"code":"UNAUTHORIZED"}]}')
    }
    const body = pathname.startsWith(`/v2/${repository}/manifests/`) ? bodies.get(pathname.split('/').at(-1) ?? '') : undefined
    const spoiled = change(pathname, body ?? '')
    if (spoiled.status !== undefined) return void response.writeHead(spoiled.status).end()
    if (body === undefined) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    response.writeHead(200, { 'docker-content-digest': digestOf(body) }).end(spoiled.body ?? body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    digest: digestOf(index),
    bytes: 100 + layerBytes.reduce((sum, each) => sum + each, 0),
    layers: layerBytes.map((_, at) => digestOf(`layer ${at} ${architecture}`)),
    asked,
    close: () => new Promise(resolve => void server.close(() => resolve())),
  }
}
