import { realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Build } from '../../contract/runtime'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import type { Runtime } from '../runtimes/runtime'
import type { Collection } from '../store/store.types'
import type { ManagedBuilds } from './managed-builds'

export const knownFlagsSchema = z.object({ path: z.string(), mtimeMs: z.number(), bytes: z.number(), flags: z.array(z.string()) })
export type KnownFlagsRow = z.infer<typeof knownFlagsSchema>

export type KnownFlagsDeps = {
  runTool: typeof runToolOfLib
  managed: Pick<ManagedBuilds, 'get'>
  collection: Collection<KnownFlagsRow>
  /** The flags of a build became known. */
  learned(): void
}

export type KnownFlags = {
  /** Flags of this build by its own help; null when it has no way to be asked, or did not answer. */
  of(runtime: Runtime, build: Build): Promise<ReadonlySet<string> | null>
  /** How many are known without asking; null when it was not asked yet. */
  count(build: Build): number | null
}

/** Importing an engine of some GB for its help takes tens of seconds from a cold disk. */
const helpWithinMs = 60_000

/** Asks builds for their flags; the answer is good while path, size and time of the program stay the same. */
export function createKnownFlags({ runTool, managed, collection, learned }: KnownFlagsDeps): KnownFlags {
  const asking = new Map<string, Promise<ReadonlySet<string> | null>>()

  async function ask(runtime: Runtime, build: Build): Promise<ReadonlySet<string> | null> {
    const spec = runtime.builds.find(each => each.kind === build.kind)?.find.flags
    if (!spec || !isProgram(build)) return null
    const launcher = await launcherOf(build)
    const mark = await markOf(launcher[0] ?? build.path)
    if (!mark) return null
    const known = collection.get(build.id)
    if (known && isSame(known, mark)) return new Set(known.flags)
    const options = { timeoutMs: spec.timeoutMs ?? helpWithinMs, maxBytes: 8_000_000 }
    const told = await runTool(build.path, [...launcher, ...spec.arguments], options)
    const flags = [...new Set(spec.parse(`${told.stdout}\n${told.stderr}`))]
    // Help that names nothing is no help: then nothing is held back.
    if (flags.length === 0) return null
    collection.set(build.id, { ...mark, flags })
    learned()
    return new Set(flags)
  }

  /** The script that a build of ours is started with. */
  async function launcherOf({ origin, id }: Build): Promise<string[]> {
    const ours = origin === 'managed' ? await managed.get(id) : null
    return ours?.manifest.launcher === undefined ? [] : [join(ours.folder, ours.manifest.launcher)]
  }

  return {
    of(runtime, build) {
      const before = asking.get(build.id)
      if (before) return before
      const answer = ask(runtime, build).finally(() => asking.delete(build.id))
      asking.set(build.id, answer)
      return answer
    },
    count: build => collection.get(build.id)?.flags.length ?? null,
  }
}

const isProgram = (build: Build): build is Build & { path: string } =>
  build.path !== null && build.origin !== 'running' && build.image === undefined

type Mark = Omit<KnownFlagsRow, 'flags'>
const isSame = (known: Mark, now: Mark) => known.path === now.path && known.mtimeMs === now.mtimeMs && known.bytes === now.bytes

async function markOf(path: string): Promise<Mark | null> {
  try {
    const real = await realpath(path)
    const { mtimeMs, size } = await stat(real)
    return { path: real, mtimeMs, bytes: size }
  } catch {
    return null
  }
}
