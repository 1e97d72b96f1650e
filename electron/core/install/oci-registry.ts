import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Fetch } from './install.types'

/** What a registry says of one image: digest of what the tag names, and the layers for one platform, compressed as they come. */
export type RegistryImage = { digest: string; bytes: number; layers: { digest: string; bytes: number }[] }

export type Platform = { os: 'linux'; architecture: 'amd64' | 'arm64' }
export type RegistryDeps = { fetch: Fetch; signal: AbortSignal }

/** Media types of the OCI image specification 1.1 and of Docker's own before it, which registries still give. */
const types = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
}
const accept = [...types.index, ...types.manifest].join(', ')
const digestPattern = /^sha256:[0-9a-f]{64}$/
/** Manifests of real images have some kilobytes; the specification asks registries to take 4 MiB. */
const manifestMost = 4 * 1024 * 1024

const descriptorSchema = z.object({ digest: z.string().regex(digestPattern), size: z.number().nonnegative() })
const indexSchema = z.object({
  manifests: z.array(descriptorSchema.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() })),
})
const manifestSchema = z.object({ config: descriptorSchema, layers: z.array(descriptorSchema) })

/** Where an image lies: `docker.io/x` is short for Docker's registry, whose single names are in `library` (distribution reference grammar). */
export function placeOf(image: string): { registry: string; repository: string } {
  const [first = '', ...rest] = image.split('/')
  const named = rest.length > 0 && /[.:]|^localhost$/.test(first)
  const registry = named ? first : 'docker.io'
  const path = named ? rest : [first, ...rest]
  if (registry !== 'docker.io') return { registry, repository: path.join('/') }
  return { registry: 'registry-1.docker.io', repository: path.length === 1 ? `library/${path[0] ?? ''}` : path.join('/') }
}

/** Engines speak plain HTTP to this machine only. */
const originOf = (registry: string) =>
  (/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(registry) ? 'http' : 'https') + `://${registry}`

/**
 * Asks the registry of an image what its tag names now, by the distribution specification (github.com/opencontainers/distribution-spec):
 * a bearer token where it wants one, the index, then the manifest for the platform. Nothing is fetched but these texts.
 * @throws Failure `not-found`, `not-available-here` for another platform, `unauthorised`, `offline` or `download-failed`.
 */
export async function askRegistry(
  image: string,
  { tag, platform }: { tag: string; platform: Platform },
  deps: RegistryDeps,
): Promise<RegistryImage> {
  const { registry, repository } = placeOf(image)
  const base = `${originOf(registry)}/v2/${repository}/manifests/`
  const asker = createAsker(deps, repository)
  const named = await asker(base + tag, `${image}:${tag}`)
  const index = indexSchema.safeParse(named.body)
  if (!index.success) return { ...sizesOf(named.body, image), digest: named.digest }
  const own = index.data.manifests.find(each => each.platform?.os === platform.os && each.platform.architecture === platform.architecture)
  if (!own) throw new Failure('not-available-here', `${image}:${tag} is not made for ${platform.os}/${platform.architecture}.`)
  const manifest = await asker(base + own.digest, `${image}@${own.digest}`)
  if (manifest.digest !== own.digest)
    throw new Failure('hash-mismatch', `${image}: the registry gave another manifest than its list names.`)
  return { ...sizesOf(manifest.body, image), digest: named.digest }
}

function sizesOf(body: unknown, image: string): Omit<RegistryImage, 'digest'> {
  const manifest = manifestSchema.safeParse(body)
  if (!manifest.success) throw new Failure('download-failed', `The registry of ${image} answered with something that is no image.`)
  const { config, layers } = manifest.data
  return {
    bytes: [config, ...layers].reduce((sum, each) => sum + each.size, 0),
    layers: layers.map(({ digest, size }) => ({ digest, bytes: size })),
  }
}

type Answer = { body: unknown; digest: string }

/** GETs manifests of one repository; gets a token when it is asked for one, and keeps it. */
function createAsker({ fetch, signal }: RegistryDeps, repository: string) {
  let token: string | null = null

  const get = (url: string) =>
    fetch(url, { headers: { accept, ...(token === null ? {} : { authorization: `Bearer ${token}` }) }, signal }).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new Failure('offline', `${new URL(url).host} cannot be reached.`, { cause })
    })

  return async (url: string, name: string): Promise<Answer> => {
    let reply = await get(url)
    if (reply.status === 401 && token === null) {
      token = await tokenFor(reply.headers.get('www-authenticate') ?? '', { repository, fetch, signal })
      reply = await get(url)
    }
    if (reply.status === 401 || reply.status === 403)
      throw new Failure('unauthorised', `${name} is not open to everybody: log in with docker login, then pull it once.`)
    if (reply.status === 404) throw new Failure('not-found', `There is no image ${name}.`)
    if (reply.status === 429)
      throw new Failure('download-failed', `${new URL(url).host} has answered as often as it does without an account; it will again later.`)
    if (!reply.ok) throw new Failure('download-failed', `${new URL(url).host} answered ${reply.status} for ${name}.`)
    return await read(reply, name)
  }
}

async function read(reply: Response, name: string): Promise<Answer> {
  const bytes = Buffer.from(await reply.arrayBuffer())
  if (bytes.length > manifestMost) throw new Failure('download-failed', `The description of ${name} is larger than any image needs.`)
  const digest = `sha256:${await sha256(bytes)}`
  const announced = reply.headers.get('docker-content-digest')
  if (announced !== null && announced !== digest) throw new Failure('hash-mismatch', `${name} is not what the registry announced.`)
  try {
    return { body: JSON.parse(bytes.toString('utf8')), digest }
  } catch (cause) {
    throw new Failure('download-failed', `The description of ${name} cannot be read.`, { cause })
  }
}

const sha256 = async (bytes: Buffer<ArrayBuffer>) => Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

type TokenDeps = RegistryDeps & { repository: string }

/** A token for reading, without an account (distribution.github.io, token authentication): `Bearer realm="...",service="...",scope="..."`. */
async function tokenFor(challenge: string, { repository, fetch, signal }: TokenDeps): Promise<string | null> {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1]
  const realm = field('realm')
  if (!/^Bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return null
  const url = new URL(realm)
  const service = field('service')
  if (service !== undefined) url.searchParams.set('service', service)
  url.searchParams.set('scope', field('scope') ?? `repository:${repository}:pull`)
  const reply = await fetch(url.href, { signal }).catch(() => null)
  if (!reply?.ok) return null
  const said = z
    .object({ token: z.string().optional(), access_token: z.string().optional() })
    .safeParse(await reply.json().catch(() => null))
  return said.success ? (said.data.token ?? said.data.access_token ?? null) : null
}
