import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Clock } from '../lib/clock'
import type { InstallPlan } from '../runtimes/runtime'
import type { Fetch } from './install.types'
import type { WantedFile } from './fetch-file'

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
  /** Null when no release has it; rejects with `offline` when the address does not answer. */
  find(plan: ReleasePlan): Promise<FoundRelease | null>
}

/** One answer is good for an hour: GitHub lets sixty questions an hour through without an account. */
const goodForMs = 60 * 60 * 1000
const failedForMs = 60 * 1000
/** Nobody waits for a dead network. */
const answerWithinMs = 3_000

type Known = { until: number; releases: Promise<Release[]> }

/** Asks the REST API of GitHub at `address` (https://docs.github.com/rest/releases/releases). llama.cpp marks its builds as pre-releases, so "latest" would not find them. */
export function createReleases({ fetch, address, clock }: { fetch: Fetch; address: string; clock: Clock }): Releases {
  const known = new Map<string, Known>()

  function releasesOf(repository: string): Promise<Release[]> {
    const before = known.get(repository)
    if (before && before.until > clock.monotonicMs()) return before.releases
    const entry: Known = { until: clock.monotonicMs() + goodForMs, releases: askFor(repository) }
    entry.releases.catch(() => {
      entry.until = clock.monotonicMs() + failedForMs
    })
    known.set(repository, entry)
    return entry.releases
  }

  async function askFor(repository: string): Promise<Release[]> {
    const url = `${address}/repos/${repository}/releases?per_page=10`
    let response: Response
    try {
      const headers = { accept: 'application/vnd.github+json', 'user-agent': 'roundhouse' }
      response = await fetch(url, { headers, signal: AbortSignal.timeout(answerWithinMs) })
    } catch (cause) {
      throw new Failure('offline', 'GitHub cannot be reached from here', { cause })
    }
    if (!response.ok) throw new Failure('download-failed', `GitHub answers ${response.status} for ${repository}`)
    const parsed = z.array(releaseSchema).safeParse(await response.json().catch(() => null))
    if (!parsed.success) throw new Failure('download-failed', `GitHub's list of releases of ${repository} cannot be read`)
    return parsed.data.filter(release => !release.draft)
  }

  return {
    async find(plan) {
      for (const release of await releasesOf(plan.repository)) {
        const found = pick(release, plan)
        if (found) return found
      }
      return null
    },
  }
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
