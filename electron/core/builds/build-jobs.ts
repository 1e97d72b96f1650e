import { Failure } from '../../contract/failure'
import type { Job } from '../../contract/job'
import type { Removal } from '../../contract/install'
import type { Build } from '../../contract/runtime'
import type { InstallOptions } from '../install/install.types'
import type { ManagedBuild, ManagedBuilds } from '../install/managed-builds'
import { measureBuild, removeBuild } from '../install/removal'
import type { JobControl, Jobs } from '../lib/jobs.types'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import { activeOf } from './active'
import { whyNotRemovable } from './details'

/** What an install tells, as progress and log of a job's step. */
export const followed = (job: JobControl, stepId: string): InstallOptions => ({
  signal: job.signal,
  onProgress: ({ done, total, unit = 'bytes' }) => job.step(stepId).progress(done, total, unit),
  onStage: text => job.step(stepId).detail(text),
  log: line => job.log(line),
})

type InstallJob = { title: string; stepTitle: string; work(options: InstallOptions): Promise<Build> }

/** One install or repair as a job whose result is the build's id. */
export const runInstallJob = (jobs: Jobs, { title, stepTitle, work }: InstallJob): Job =>
  jobs.run({ kind: 'install', title, steps: [{ id: 'install', title: stepTitle }] }, async job => {
    const step = job.step('install')
    step.start(title)
    const build = await work(followed(job, 'install'))
    step.done(build.title)
    return build.id
  })

export type RemovalDeps = {
  managed: ManagedBuilds
  runTool: typeof runToolOfLib
  builds(): Promise<Build[]>
  /** In the order that starts take them. */
  order(builds: readonly Build[]): Build[]
  usedBy(build: string): string[]
}

async function find({ managed, builds }: RemovalDeps, id: string): Promise<{ build: Build; ours: ManagedBuild | null; all: Build[] }> {
  const all = await builds()
  const ours = await managed.get(id)
  const build = ours?.build ?? all.find(each => each.id === id)
  if (!build) throw new Failure('not-found', `There is no build named ${id}.`)
  return { build, ours, all }
}

/** What removing a build would free, measured now. @throws Failure `not-found`. */
export async function previewRemoval(deps: RemovalDeps, id: string): Promise<Removal> {
  const { build, ours, all } = await find(deps, id)
  const why = whyNotRemovable(build, deps.usedBy(id))
  const { sharedBytes, ...measured } = ours ? await measureBuild(ours) : { bytes: 0, files: 0, sharedBytes: 0 }
  const others = deps.order(all.filter(each => each.id !== id))
  return {
    ...{ build: id, title: build.title, folder: ours?.folder ?? null, ...measured, removable: why === null, why },
    stays: ['Models stay where they are.', 'What you set and measured stays.', ...sharedNote(sharedBytes), ...imageNote(ours)],
    next: activeOf(others, build.runtime)?.id ?? null,
  }
}

const sharedNote = (bytes: number): string[] =>
  bytes === 0 ? [] : [`${megabytes(bytes)} of its files stay: another folder, such as the cache of the package manager, has them too.`]

function imageNote(ours: ManagedBuild | null): string[] {
  const source = ours?.manifest.source
  if (source?.kind !== 'container') return []
  return source.pulled
    ? ['Layers that other images share stay, so that a little less may be freed.']
    : ['The image was here before Roundhouse, and stays.']
}

/** Removes a build of ours as a job; says what was announced and what was freed. */
export function runRemovalJob(deps: RemovalDeps, jobs: Jobs, { id, removed }: { id: string; removed(build: Build): void }): Job {
  const steps = [{ id: 'remove', title: 'Remove' }]
  return jobs.run({ kind: 'remove', title: `Remove ${id}`, steps }, async job => {
    const step = job.step('remove')
    step.start('what it takes is measured')
    const preview = await previewRemoval(deps, id)
    const { build, ours } = await find(deps, id)
    if (preview.why !== null || !ours)
      throw new Failure(deps.usedBy(id).length > 0 ? 'busy' : 'bad-input', `${build.title} stays: ${preview.why ?? 'it is not ours.'}`)
    job.log(`said: ${preview.bytes} bytes in ${preview.files} files`)
    const freed = await removeBuild(deps.managed, ours, deps.runTool)
    removed(build)
    job.log(`freed: ${freed.bytes} bytes in ${freed.files} files`)
    step.done(`${megabytes(freed.bytes)} freed, ${megabytes(preview.bytes)} said`)
    return id
  })
}

function megabytes(bytes: number): string {
  if (bytes < 1e6) return `${bytes} bytes`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
