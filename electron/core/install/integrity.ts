import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Failure } from '../../contract/failure'
import type { Build } from '../../contract/runtime'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import type { Collection } from '../store/store.types'
import type { ManagedBuild, ManagedBuilds } from './managed-builds'
import { verifyFilesTask, type FileAmount } from './tasks'

/** `mark`: sha256 over path, size and time of every recorded file when their contents were last found right. */
export const fileMarkSchema = z.object({ installedAt: z.string(), mark: z.string(), changed: z.array(z.string()), at: z.string() })
export type FileMark = z.infer<typeof fileMarkSchema>

export type IntegrityDeps = { managed: Pick<ManagedBuilds, 'get'>; background: Background; clock: Clock; collection: Collection<FileMark> }

/** `onProgress`: bytes read, told only when contents are read. */
export type CheckOptions = { signal?: AbortSignal; onProgress?(amount: FileAmount): void }

export type Integrity = {
  /**
   * Looks at a build's files before its first start of this run: sizes and times, and where they are not those that were last
   * found right, every content by its sha256. Builds that are not ours are believed.
   * @throws Failure `build-changed` with the build as its subject.
   */
  check(build: Build, options?: CheckOptions): Promise<void>
  /** Files of a build that the last look found changed. */
  changedFiles(buildId: string): readonly string[]
  /** Forgets what was seen of a build: it was repaired or removed. */
  forget(buildId: string): void
}

/** 10 GB at 20 MB/s, a slow disk. */
const verifyWithinMs = 10 * 60_000

export function createIntegrity({ managed, background, clock, collection }: IntegrityDeps): Integrity {
  const seen = new Set<string>()

  async function verify({ manifest, folder }: ManagedBuild, { signal, onProgress }: CheckOptions) {
    const { build, files, installedAt } = manifest
    const mark = await markOf(folder, files)
    const before = collection.get(build.id)
    if (before?.installedAt === installedAt && before.mark === mark && before.changed.length === 0) return
    const options = { timeoutMs: verifyWithinMs, ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) }
    const changed = await background.run(verifyFilesTask, { folder, files }, options)
    collection.set(build.id, { installedAt, mark, changed, at: clock.wall() })
    if (changed.length > 0) throw refusal(build, changed)
  }

  return {
    async check(build, options = {}) {
      if (build.origin !== 'managed' || seen.has(build.id)) return
      const ours = await managed.get(build.id)
      if (!ours) throw new Failure('not-installed', `${build.title} is not there any more.`)
      await verify(ours, options)
      seen.add(build.id)
    },
    changedFiles: buildId => collection.get(buildId)?.changed ?? [],
    forget(buildId) {
      seen.delete(buildId)
      collection.remove(buildId)
    },
  }
}

function refusal({ id, title }: { id: string; title: string }, changed: readonly string[]): Failure {
  const some = changed.slice(0, 3).join(', ')
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ''
  return new Failure('build-changed', `Files of ${title} are not what was installed: ${some}${more}. It was not started.`, { subject: id })
}

async function markOf(folder: string, files: ManagedBuild['manifest']['files']): Promise<string> {
  const hash = createHash('sha256')
  for (const { path } of files) {
    const found = await stat(join(folder, ...path.split('/'))).catch(() => null)
    hash.update(`${path} ${found?.size ?? 'gone'} ${found?.mtimeMs ?? ''}\n`)
  }
  return hash.digest('hex')
}
