import { Failure } from '../../contract/failure'
import type { ModelSource } from '../../contract/model'
import { ask } from './http-request'
import type { Environment, Fetch } from './network'

/** The public hub; ROUNDHOUSE_HUB or a setting names a mirror of the same layout. */
export const publicHub = 'https://huggingface.co'

export type HubSource = Extract<ModelSource, { kind: 'hub' }>

/** A file as it can be downloaded now. */
export type RemoteFile = {
  address: string
  headers: Readonly<Record<string, string>>
  bytes: number | null
  /** Known beforehand when the server tells it (LFS object id). */
  sha256: string | null
  /** The commit it belongs to. */
  revision: string | null
}

export type Hub = {
  /** Where it is now: a setting may change it while the app runs. */
  address(): string
  /** Looks at the file without fetching it. Fails with `offline`, `not-found` or `download-failed`. */
  inspect(source: HubSource, signal: AbortSignal): Promise<RemoteFile>
}

/** `mirror` is what the settings say now; null takes ROUNDHOUSE_HUB or the public hub. */
export type HubDependencies = {
  fetch: Fetch
  mirror: () => string | null
  environment: Environment
  /** The key that may be sent to this address; HF_TOKEN when it is not given. */
  token?: (address: string) => string | null
}

/** Files are at /ORG/NAME/resolve/REVISION/FILE (https://huggingface.co/docs/hub/models-downloading). */
export function createHub({ fetch, mirror, environment, token = () => environment.HF_TOKEN ?? null }: HubDependencies): Hub {
  const address = () => (mirror() ?? environment.ROUNDHOUSE_HUB ?? publicHub).replace(/\/+$/, '')
  return {
    address,
    async inspect(source, signal) {
      const base = address()
      const key = token(base)
      const headers = { 'accept-encoding': 'identity', ...(key && { authorization: `Bearer ${key}` }) }
      const url = fileAddress(base, source)
      const asked = await ask(fetch, url, { method: 'HEAD', headers, signal })
      await asked.response.body?.cancel()
      checkStatus(asked.response.status, source, key !== null)
      const first = (name: string) => asked.headers.map(each => each.get(name)).find(value => value !== null) ?? null
      const size = first('x-linked-size') ?? asked.response.headers.get('content-length')
      const revision = first('x-repo-commit')
      return {
        // Bound to the commit that was looked at, so that what is resumed later is the same file.
        address: revision === null ? url : fileAddress(base, { ...source, revision }),
        headers,
        bytes: size === null || !/^\d+$/.test(size) ? null : Number(size),
        sha256: sha256Of(first('x-linked-etag') ?? asked.response.headers.get('etag')),
        revision,
      }
    },
  }
}

function fileAddress(base: string, { repo, file, revision }: HubSource): string {
  const path = [...repo.split('/'), 'resolve', revision ?? 'main', ...file.split('/')].map(encodeURIComponent).join('/')
  return `${base}/${path}`
}

/** The etag of an LFS file is its SHA-256; that of a small file is a Git hash of 40 digits. */
function sha256Of(etag: string | null): string | null {
  const bare = etag?.replace(/^W\//, '').replaceAll('"', '') ?? ''
  return /^[0-9a-f]{64}$/.test(bare) ? bare : null
}

function checkStatus(status: number, { repo, file }: HubSource, hasToken: boolean) {
  if (status >= 200 && status < 300) return
  if (status === 401 || (status === 403 && !hasToken))
    throw new Failure('gated', `The hub gives ${repo} only with a valid token: accept its terms there and set your token here`)
  if (status === 403)
    throw new Failure('gated', `The hub gives ${repo} only to people who accepted its terms, which the owner of this token did not`)
  if (status === 404) throw new Failure('not-found', `The hub has no ${file} in ${repo}`)
  throw new Failure('download-failed', `The hub answered ${status} for ${repo}/${file}`)
}
