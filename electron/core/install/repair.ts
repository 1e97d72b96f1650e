import { Failure } from '../../contract/failure'
import type { Machine } from '../../contract/machine'
import type { Runtime } from '../runtimes/runtime'
import type { ManagedBuild } from './managed-builds'
import { planFor, type Offered } from './offers'

type Means = { runtime: Runtime; machine: Machine }

/** Whether the manifest names all that is needed to have the same build again. */
export const isRepairable = ({ manifest: { source } }: Pick<ManagedBuild, 'manifest'>): boolean =>
  source.kind !== 'github-release' || source.archives.every(each => each.address !== undefined)

/**
 * The offer that a build came from, for exactly its version: the archives of its manifest with their digests, or its plan for that
 * version. @throws Failure `not-available-here` when the manifest does not say enough, or the adapter has no such plan any more.
 */
export function releaseOf({ manifest }: ManagedBuild, { runtime, machine }: Means): Offered {
  const { build, source, executable } = manifest
  const kind = runtime.builds.find(each => each.kind === build.kind)
  const plan = kind?.installs(machine).find(each => each.variant === build.variant)
  if (!kind || !plan) throw new Failure('not-available-here', `${build.title} cannot be fetched again: its source is not known any more.`)
  const base = { id: `repair/${build.id}`, runtime, kind, machine, version: build.version, why: null }
  if (source.kind !== 'github-release') {
    const version = source.kind === 'container' ? source.tag : (source.requirements[0]?.split('==')[1] ?? build.version)
    return { ...base, plan: planFor(plan, version), release: null }
  }
  const files = source.archives.flatMap(({ address, ...rest }) => (address === undefined ? [] : [{ ...rest, address }]))
  if (files.length < source.archives.length)
    throw new Failure('not-available-here', `${build.title} was installed before its addresses were kept; install it anew.`)
  const fetch = {
    ...plan.fetch,
    kind: 'github-release' as const,
    repository: source.repository,
    executable: executable.split('/').at(-1) ?? executable,
  }
  const release = { tag: source.tag, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }
  return { ...base, plan: { ...plan, fetch: { asset: /^$/, ...fetch } }, release }
}
