import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { Build } from '../../contract/runtime'
import type { Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import { checkRoom, freeDiskBytes } from '../models/disk-space'
import type { Downloader } from '../models/download.types'
import { withBuildLock } from './build-locks'
import { engineOf } from './container-engine'
import { installContainer } from './install-container'
import { installPython } from './install-python'
import { installRelease, type Installed } from './install-release'
import type { Fetch, InstallOptions, Manifest } from './install.types'
import { buildOf, writeManifest, type ManagedBuilds } from './managed-builds'
import { planDetailOf } from './offer-plan'
import type { Offered } from './offers'
import { recordFilesTask, type FileAmount } from './tasks'
import { distributionOf } from './python-distribution'

export type CarryOutDeps = {
  managed: ManagedBuilds
  background: Background
  downloader: Downloader
  fetch: Fetch
  clock: Clock
  runTool: typeof runToolOfLib
  environment: Readonly<Record<string, string | undefined>>
}

const recordWithinMs = 15 * 60_000

/**
 * Makes one build of ours: aside, tried with its own `--version`, recorded file by file, then renamed into place. With `repair`
 * it takes the place of the build of that id, whose folder is put aside first and comes back if the rename fails.
 */
export async function carryOut(
  deps: CarryOutDeps,
  { offered, repair }: { offered: Offered; repair: string | null },
  options: InstallOptions,
): Promise<Build> {
  const { managed } = deps
  options.signal.throwIfAborted()
  const folder = await managed.begin(offered.id)
  try {
    await checkDisk(managed.buildsFolder, offered)
    const installed = await fetchParts(deps, offered, { folder, options })
    options.onStage?.('what came is started once, for its version')
    const version = await smoke(deps, offered, { folder, executable: installed.executable })
    options.signal.throwIfAborted()
    const files = await recorded(deps, { folder, installed, options })
    const manifest = manifestOf(offered, { installed: { ...installed, files }, version, at: deps.clock.wall() })
    if (repair !== null && manifest.build.id !== repair)
      throw new Failure('download-failed', `What came is ${manifest.build.id}, not ${repair}: nothing was changed.`)
    await writeManifest(folder, manifest)
    return await place(deps, { folder, manifest, replaces: repair !== null })
  } catch (error) {
    if (options.signal.aborted) throw new Failure('cancelled', `${offered.plan.title} was not installed`, { cause: error })
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function checkDisk(folder: string, offered: Offered) {
  const facts = { freeBytes: await freeDiskBytes(folder), bytesPerSecond: null, engine: null }
  checkRoom(planDetailOf(offered, facts).diskBytes ?? 0, facts.freeBytes, folder)
}

type Place = { folder: string; options: InstallOptions }

async function fetchParts(deps: CarryOutDeps, { plan, release, machine }: Offered, { folder, options }: Place): Promise<Installed> {
  const { runTool, environment } = deps
  const { fetch } = plan
  if (fetch.kind === 'python-venv')
    return installPython({ runTool, plan: fetch, folder, platform: machine.os.platform, environment }, options)
  if (fetch.kind === 'container') {
    const engine = await engineOf(environment)
    if (engine === null)
      throw new Failure('not-installed', `${plan.title} is a container, and neither Docker nor Podman is here to run it.`)
    const architecture = machine.os.arch === 'arm64' ? 'arm64' : 'amd64'
    return installContainer({ runTool, fetch: deps.fetch, engine, plan: fetch, folder, architecture }, options)
  }
  if (!release || fetch.kind !== 'github-release')
    throw new Failure('offline', `${plan.title} cannot be fetched now. Look for builds again.`)
  return installRelease({ ...deps, plan: fetch, release, folder }, options)
}

/** A cold start of a Python that imports much, with a virus scanner beside it, takes most of a minute. */
const smokeWithinMs = 120_000

/** It must start and say its version before anybody is offered it. An image says its tag. */
async function smoke({ runTool }: CarryOutDeps, { kind, plan }: Offered, made: { folder: string; executable: string }): Promise<string> {
  if (plan.fetch.kind === 'container') return plan.fetch.tag
  const file = join(made.folder, ...made.executable.split('/'))
  const launcher = launcherOf(plan.fetch)
  const first = launcher === undefined ? [] : [join(made.folder, launcher)]
  const told = await runTool(file, [...first, ...kind.find.versionArguments], { timeoutMs: smokeWithinMs })
  const output = `${told.stdout}\n${told.stderr}`
  // Some programs have no word for their version; that they ran is seen, and their package tells it.
  const described = told.outcome === 'read' ? await distributionOf(file, kind.find.distributions ?? []) : null
  const version = kind.parseVersion(output) ?? kind.parseVersion(described ?? '')
  if (version !== null) return version
  throw new Failure('did-not-start', `${plan.title} was fetched, but does not run here: ${output.trim().slice(0, 500) || told.outcome}`)
}

const launcherOf = (fetch: Offered['plan']['fetch']) => (fetch.kind === 'python-venv' && !fetch.program ? fetch.launcher?.name : undefined)

type Recorded = { folder: string; installed: Installed; options: InstallOptions }

/** A release was hashed while it was unpacked; an environment is hashed as it lies there, compiled files included. */
async function recorded({ background }: CarryOutDeps, { folder, installed, options }: Recorded): Promise<Manifest['files']> {
  if (installed.source.kind !== 'python-venv') return installed.files
  options.log?.('Every file is hashed, so that a change can be seen later')
  options.onStage?.('every file is hashed, so that a change can be seen later')
  const onProgress = (amount: FileAmount) => options.onProgress({ ...amount, local: true })
  return await background.run(recordFilesTask, { folder }, { timeoutMs: recordWithinMs, signal: options.signal, onProgress })
}

function manifestOf(
  { id, runtime, kind, plan }: Offered,
  { installed, version, at }: { installed: Installed; version: string; at: string },
): Manifest {
  const launcher = launcherOf(plan.fetch)
  return {
    schema: 1,
    build: {
      id: `${runtime.id}@${version}+${plan.variant}`,
      runtime: runtime.id,
      kind: kind.kind,
      title: plan.title.includes(version) ? plan.title : `${plan.title} ${version}`,
      version,
      variant: plan.variant,
      backends: [...plan.backends],
      notes: [],
    },
    ...installed,
    ...(launcher === undefined ? {} : { launcher }),
    offer: id,
    installedAt: at,
  }
}

type Placing = { folder: string; manifest: Manifest; replaces: boolean }

/** Into its place, under the lock of the build: nobody else installs, repairs or removes it meanwhile. */
function place({ managed }: CarryOutDeps, { folder, manifest, replaces }: Placing): Promise<Build> {
  const { id, title } = manifest.build
  const target = managed.folderOf(id)
  const lock = { buildsFolder: managed.buildsFolder, name: id, busy: `${title} is being installed or removed by another Roundhouse.` }
  return withBuildLock(lock, async () => {
    const before = await managed.get(id)
    // A build is never replaced in place, except by its own repair: somebody may be running it.
    if (before && !replaces) return before.build
    const aside = managed.removedFolderOf(id)
    await rm(aside, { recursive: true, force: true })
    const moved = await rename(target, aside).then(
      () => true,
      () => false,
    )
    try {
      await rename(folder, target)
    } catch (error) {
      if (moved) await rename(aside, target)
      throw error
    }
    await rm(aside, { recursive: true, force: true })
    return buildOf(manifest, target)
  })
}
