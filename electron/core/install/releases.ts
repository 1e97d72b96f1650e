import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Clock } from '../lib/clock'
import type { InstallPlan } from '../runtimes/runtime'
import type { Fetch } from './install.types'

export type WantedFile = { address: string; name: string; bytes: number; sha256: string }

const assetSchema = z.object({
  name: z.string(),
  size: z.int(),
  /** `sha256:<hex>`; null for files from before GitHub computed it. */
  digest: z.string().nullish(),
  browser_download_url: z.url({ protocol: /^https?$/ }),
})
const releaseSchema = z.object({ tag_name: z.string(), draft: z.boolean().default(false), assets: z.array(assetSchema) })
type Release = z.infer<typeof releaseSchema>

export type ReleasePlan = Extract<InstallPlan['fetch'], { kind: 'github-release' }>

/** The newest release that has what the plan needs; the executable's archive first. */
export type FoundRelease = { tag: string; files: WantedFile[]; bytes: number }

export type Releases = {
  /** The newest release that has what the plan needs, or the one named `tag`; null when there is none. Rejects with `offline` or `download-failed`. */
  find(plan: ReleasePlan, tag?: string): Promise<FoundRelease | null>
  /** Asks anew next time: a file was not what the list said. */
  forget(repository: string): void
}

/** One answer is good for an hour: GitHub lets sixty questions an hour through without an account. */
const goodForMs = 60 * 60 * 1000
const failedForMs = 60 * 1000
/** Nobody waits for a dead network. */
const answerWithinMs = 3_000

type Known = { until: number; releases: Promise<Release[]> }

/** GitHub's questions are used up; `waitMs` is when it answers again. */
class RateLimit extends Failure {
  waitMs = failedForMs
}

/** Asks the REST API of GitHub at `address` (https://docs.github.com/rest/releases/releases). llama.cpp marks its builds as pre-releases, so "latest" would not find them. */
export function createReleases({ fetch, address, clock }: { fetch: Fetch; address: string; clock: Clock }): Releases {
  const known = new Map<string, Known>()

  function releasesOf(path: string): Promise<Release[]> {
    const before = known.get(path)
    if (before && before.until > clock.monotonicMs()) return before.releases
    const entry: Known = { until: clock.monotonicMs() + goodForMs, releases: askFor(path) }
    entry.releases.catch((error: unknown) => {
      entry.until = clock.monotonicMs() + (error instanceof RateLimit ? error.waitMs : failedForMs)
    })
    known.set(path, entry)
    return entry.releases
  }

  async function askFor(path: string): Promise<Release[]> {
    let response: Response
    try {
      const headers = { accept: 'application/vnd.github+json', 'user-agent': 'roundhouse' }
      response = await fetch(`${address}/repos/${path}`, { headers, signal: AbortSignal.timeout(answerWithinMs) })
    } catch (cause) {
      throw new Failure('offline', 'GitHub cannot be reached from here', { cause })
    }
    if (response.status === 404 && path.includes('/tags/')) return []
    if (!response.ok) throw refusal(response, { path, now: Date.parse(clock.wall()) })
    const body: unknown = await response.json().catch(() => null)
    const parsed = z.array(releaseSchema).safeParse(Array.isArray(body) ? body : [body])
    if (!parsed.success)
      throw new Failure('download-failed', `GitHub's list of releases of ${path.split('/releases')[0] ?? ''} cannot be read`)
    return parsed.data.filter(release => !release.draft)
  }

  return {
    async find(plan, tag) {
      const path = `${plan.repository}/releases${tag === undefined ? '?per_page=10' : `/tags/${encodeURIComponent(tag)}`}`
      for (const release of await releasesOf(path)) {
        const found = pick(release, plan)
        if (found) return found
      }
      return null
    },
    forget(repository) {
      for (const path of known.keys()) if (path.startsWith(`${repository}/releases`)) known.delete(path)
    },
  }
}

/**
 * In words what GitHub means by 403 or 429: `x-ratelimit-remaining: 0` with the second when it answers again in
 * `x-ratelimit-reset`, or `retry-after` (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
function refusal({ status, headers }: Response, { path, now }: { path: string; now: number }): Failure {
  const repository = path.split('/releases')[0] ?? path
  if (status !== 403 && status !== 429) return new Failure('download-failed', `GitHub answers ${status} for ${repository}`)
  const spent =
    headers.get('x-ratelimit-remaining') === '0' ? Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000 - now : Number.NaN
  const asked = Number(headers.get('retry-after') ?? Number.NaN) * 1000
  const waitMs = [spent, asked].find(each => Number.isFinite(each))
  if (waitMs === undefined) return new Failure('download-failed', `GitHub refuses to answer for ${repository} (${status})`)
  const minutes = Math.max(1, Math.ceil(waitMs / 60_000))
  const limit = new RateLimit(
    'download-failed',
    `GitHub answers sixty questions an hour without an account, and they are used up; it answers again in ${minutes} min`,
  )
  limit.waitMs = Math.min(goodForMs, Math.max(failedForMs, waitMs))
  return limit
}

/** The assets of one release that a plan names; null when one is missing or has no digest. */
export function pick({ tag_name: tag, assets }: Release, plan: ReleasePlan): FoundRelease | null {
  const files = [plan.asset, ...(plan.extra ? [plan.extra] : [])].map(pattern => {
    const asset = assets.find(each => pattern.test(each.name))
    const sha256 = /^sha256:([0-9a-f]{64})$/.exec(asset?.digest ?? '')?.[1]
    return asset && sha256 !== undefined ? { address: asset.browser_download_url, name: asset.name, bytes: asset.size, sha256 } : null
  })
  const all = files.filter(file => file !== null)
  return all.length === files.length ? { tag, files: all, bytes: all.reduce((sum, file) => sum + file.bytes, 0) } : null
}
