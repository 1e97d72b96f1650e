import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { KeptTools, ToolPackOffer } from '../../../contract/model-store'
import type { InstallOffer } from '../../../contract/runtime'
import type { StepControl } from '../../lib/jobs.types'
import type { ToolPack } from '../../runtimes/common-conversion'
import { checkRoom, freeDiskBytes } from '../disk-space'
import { sweepFolders } from './unfinished'

export type PythonPack = Extract<ToolPack, { kind: 'python' }>
type Progress = { done: number; total: number | null; unit?: 'bytes' | 'steps' }
export type PackOptions = {
  signal: AbortSignal
  onProgress(progress: Progress): void
  onStage?(text: string): void
  log?(line: string): void
}

export type ToolPackDependencies = {
  /** Where packs lie, one folder each. */
  folder: string
  platform: NodeJS.Platform
  arch: string
  packs: readonly PythonPack[]
  /** Makes an environment with the pack's packages, locked, in this folder. */
  installPython(pack: PythonPack, folder: string, options: PackOptions): Promise<unknown>
  /** What could be installed of a runtime, best first. */
  offersOf(runtime: string): Promise<readonly InstallOffer[]>
  installBuild(offer: string, options: PackOptions): Promise<unknown>
  freeBytes?: (folder: string) => Promise<number | null>
}

export type ToolPacks = {
  /** What would be fetched for them, before it is. */
  describe(packs: readonly ToolPack[]): Promise<ToolPackOffer[]>
  /** Fetches one; what comes before a cancel is kept for the next try. Fails with `disk-full`, `offline`, `not-available-here`, `busy`. */
  provide(pack: ToolPack, job: { signal: AbortSignal; step: StepControl; log(text: string): void }): Promise<void>
  kept(): Promise<KeptTools[]>
  /** Removes what was fetched. Fails with `not-found`. */
  remove(id: string): Promise<void>
  /** Deletes what a host that was killed left of a fetch; one sentence each. */
  sweep(): Promise<string[]>
}

const makingPrefix = '.making-'

/** Tools of conversions, each in a folder of its own under the home. */
export function createToolPacks(dependencies: ToolPackDependencies): ToolPacks {
  const { folder, packs, freeBytes = freeDiskBytes, offersOf } = dependencies
  const making = new Set<string>()
  const describe = async (pack: ToolPack): Promise<ToolPackOffer> => {
    if (pack.kind === 'build') return describeBuild(pack, await offersOf(pack.runtime))
    const { downloadBytes, diskBytes } = pack.sizes(dependencies)
    return {
      ...{ id: pack.id, title: pack.title, bytes: downloadBytes, diskBytes, why: pack.why(dependencies) },
      source: `PyPI: ${pack.requirements.join(', ')}`,
    }
  }

  /** Made beside its place, and given its name when it is whole. */
  const make = async (pack: PythonPack, options: PackOptions) => {
    const unfinished = join(folder, `${makingPrefix}${pack.id}`)
    await mkdir(folder, { recursive: true })
    checkRoom(pack.sizes(dependencies).diskBytes, await freeBytes(folder), folder)
    try {
      await rm(unfinished, { recursive: true, force: true })
      await mkdir(unfinished)
      await dependencies.installPython(pack, unfinished, options)
      for (const { name, text } of pack.scripts) await writeFile(join(unfinished, name), text)
      await rm(join(folder, pack.id), { recursive: true, force: true })
      await rename(unfinished, join(folder, pack.id))
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  }

  return {
    sweep: () => sweepFolders(folder, makingPrefix),
    describe: packsWanted => Promise.all(packsWanted.map(describe)),
    async provide(pack, { signal, step, log }) {
      const { id, title, why } = await describe(pack)
      if (why !== null) throw new Failure('not-available-here', why)
      if (making.has(id)) throw new Failure('busy', `${title} is being fetched already`)
      making.add(id)
      step.start(title)
      const onProgress = ({ done, total, unit = 'bytes' }: Progress) => step.progress(done, total, unit)
      const options: PackOptions = { signal, log, onProgress, onStage: text => step.detail(text) }
      try {
        if (pack.kind === 'python') await make(pack, options)
        else await dependencies.installBuild(id, options)
        step.done(title)
      } finally {
        making.delete(id)
      }
    },
    async kept() {
      const names = (await readdir(folder).catch(() => [])).filter(name => !name.startsWith('.'))
      return Promise.all(
        names.map(async id => {
          const bytes = await sizeOf(join(folder, id))
          return { id, title: packs.find(each => each.id === id)?.title ?? `${id}, which this version does not use`, bytes }
        }),
      )
    },
    async remove(id) {
      const place = join(folder, basename(id))
      if (id.startsWith('.') || (await stat(place).catch(() => null)) === null) throw new Failure('not-found', `There are no tools ${id}`)
      await rm(place, { recursive: true, force: true })
    },
  }
}

function describeBuild(pack: Extract<ToolPack, { kind: 'build' }>, offers: readonly InstallOffer[]): ToolPackOffer {
  const offer = offers.find(({ why }) => why === null) ?? offers[0]
  if (!offer) {
    const why = `${pack.title} cannot be installed on this machine`
    return { id: pack.runtime, title: pack.title, bytes: null, diskBytes: null, source: pack.title, why }
  }
  return { id: offer.id, title: offer.title, bytes: offer.bytes, diskBytes: null, source: offer.source, why: offer.why }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(entry => stat(join(entry.parentPath, entry.name)).catch(() => null)))
  return sizes.reduce((sum, stats) => sum + (stats?.size ?? 0), 0)
}
