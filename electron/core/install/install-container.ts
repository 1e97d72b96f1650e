import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { runTool as runToolOfLib, ToolRun } from '../lib/run-tool'
import type { InstallPlan } from '../runtimes/runtime'
import { checkRoom, freeDiskBytes } from '../models/disk-space'
import type { Installed } from './install-release'
import type { Fetch, InstallOptions, InstallProgress } from './install.types'
import { askRegistry, type Platform, type RegistryImage } from './oci-registry'

export type ContainerPlan = Pick<Extract<InstallPlan['fetch'], { kind: 'container' }>, 'image' | 'tag'>
export type ContainerInput = {
  runTool: typeof runToolOfLib
  fetch: Fetch
  engine: string
  plan: ContainerPlan
  folder: string
  architecture: Platform['architecture']
}

/** 20 GB at 1 MB/s. */
const pullWithinMs = 6 * 3_600_000
const askWithinMs = 20_000
const recordName = 'image.json'
/** Layers come compressed; that unpacking doubles them is assumed, not measured. */
export const unpackedTimes = 2

/**
 * Asks the registry what the tag names now, and has Docker or Podman pull exactly that, by its digest; whoever starts it names
 * the digest too. Where the registry does not tell us (it wants an account that only the engine has), the engine pulls the tag
 * and says what came. Progress is in bytes where the registry told the sizes of the layers, else in layers.
 * @throws Failure `offline`, `disk-full`, `not-found`, `not-available-here`, `not-installed` or `download-failed`, or the signal's reason.
 */
export async function installContainer(input: ContainerInput, options: InstallOptions): Promise<Installed> {
  const { runTool, engine, plan, folder } = input
  const { signal, onProgress, log, onStage } = options
  onStage?.(`the registry is asked for ${plan.image}:${plan.tag}`)
  const announced = await askFirst(input, options)
  const name = announced ? `${plan.image}@${announced.digest}` : `${plan.image}:${plan.tag}`
  const here = await inspect(input, name)
  const layers = createLayers(announced?.layers ?? [])
  onStage?.(`${basename(engine)} pulls ${plan.image}:${plan.tag}`)
  const pulled = await runTool(engine, ['pull', name], {
    ...{ timeoutMs: pullWithinMs, signal, maxBytes: 20_000_000, guarded: true },
    onLine(line) {
      log?.(line)
      const told = layers(line)
      if (told) onProgress(told)
    },
  })
  signal.throwIfAborted()
  if (pulled.outcome !== 'read') throw refusal(name, pulled)
  const image = await inspect(input, name)
  if (image === null) throw new Failure('download-failed', `${name} was pulled, but its engine does not show it with a digest.`)
  if (announced && image.digest !== announced.digest)
    throw new Failure('hash-mismatch', `${plan.image}:${plan.tag} is ${image.digest} here, and ${announced.digest} in its registry.`)
  await writeFile(join(folder, recordName), `${JSON.stringify(image, null, 2)}\n`, { flag: 'wx' })
  log?.(`${plan.image}:${plan.tag} is ${plan.image}@${image.digest}`)
  const source = { kind: 'container' as const, engine, image: plan.image, tag: plan.tag, digest: image.digest, bytes: image.bytes }
  return { executable: recordName, files: [], source: { ...source, pulled: here?.digest !== image.digest } }
}

/** Null when only the engine itself may ask, or the registry is out of our reach but maybe not out of the engine's. */
async function askFirst(
  { fetch, plan, folder, architecture }: ContainerInput,
  { signal, log }: InstallOptions,
): Promise<RegistryImage | null> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(askWithinMs)])
  try {
    const image = await askRegistry(plan.image, { tag: plan.tag, platform: { os: 'linux', architecture } }, { fetch, signal: limited })
    log?.(`${plan.image}:${plan.tag} is ${image.digest}, ${image.layers.length} layers, ${image.bytes} bytes`)
    checkRoom(image.bytes * unpackedTimes, await freeDiskBytes(folder), folder)
    return image
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Failure && ['not-found', 'not-available-here', 'hash-mismatch', 'disk-full'].includes(error.code)) throw error
    log?.(`The registry did not tell what the tag names: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

type Image = { digest: string; bytes: number | null }

/** Digest of the repository's manifest and size of an image that is here; null when it is not. */
async function inspect({ runTool, engine, plan }: ContainerInput, name: string): Promise<Image | null> {
  const told = await runTool(engine, ['image', 'inspect', name], { timeoutMs: askWithinMs, maxBytes: 10_000_000 })
  return told.outcome === 'read' ? parseImage(told.stdout, plan.image) : null
}

/** Reads `image inspect` of Docker or Podman: `RepoDigests` (`name@sha256:<hex>`) and `Size` in bytes. */
export function parseImage(output: string, image: string): Image | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(output)
  } catch {
    return null
  }
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  if (typeof first !== 'object' || first === null) return null
  const digests: unknown[] = 'RepoDigests' in first && Array.isArray(first.RepoDigests) ? first.RepoDigests : []
  const texts = digests.filter(each => typeof each === 'string')
  const own = texts.find(each => each.split('@')[0]?.endsWith(image)) ?? texts[0]
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(own ?? '')?.[1]
  if (digest === undefined) return null
  return { digest, bytes: 'Size' in first && typeof first.Size === 'number' ? first.Size : null }
}

/**
 * Reads the lines of a pull that is not on a terminal. Docker names the first twelve digits of each layer (`<id>: Pulling fs layer`,
 * `<id>: Pull complete`); Podman begins with `Copying blob sha256:<id>` and says no end of it. With sizes it counts bytes.
 */
export function createLayers(layers: RegistryImage['layers']) {
  const sizes = new Map(layers.map(({ digest, bytes }) => [digest.slice('sha256:'.length).slice(0, idLength), bytes]))
  const total = layers.reduce((sum, each) => sum + each.bytes, 0)
  const known = new Set<string>()
  const done = new Set<string>()
  return (line: string): InstallProgress | null => {
    const told = stateOf(line.trim())
    if (!told) return null
    known.add(told.id)
    if (told.ended) done.add(told.id)
    if (sizes.size === 0) return { done: done.size, total: known.size, unit: 'steps' }
    return { done: [...done].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0), total, unit: 'bytes' }
  }
}

const idLength = 12

function stateOf(line: string): { id: string; ended: boolean } | null {
  const [, id, state = ''] = /^([0-9a-f]{8,}): (.+)$/.exec(line) ?? []
  if (id !== undefined) return { id: id.slice(0, idLength), ended: /^(?:Download complete|Pull complete|Already exists)/.test(state) }
  const [, blob, end] = /^Copying blob (?:sha256:)?([0-9a-f]{12,64})(?: (done|skipped: already exists))?/.exec(line) ?? []
  return blob === undefined ? null : { id: blob.slice(0, idLength), ended: end !== undefined }
}

function refusal(name: string, { stdout, stderr, outcome }: ToolRun): Failure {
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' ').slice(0, 500)
  if (/no space left/i.test(words)) return new Failure('disk-full', `${name} was not pulled: ${words}`)
  if (/manifest unknown|not found|repository does not exist/i.test(words))
    return new Failure('not-found', `There is no image ${name}: ${words}`)
  if (/Cannot connect to the Docker daemon|permission denied.*docker/i.test(words))
    return new Failure('engine-down', `The container engine does not answer: ${words}`)
  if (/no such host|timeout|connection refused|network is unreachable/i.test(words))
    return new Failure('offline', `${name} was not pulled: ${words}`)
  return new Failure('download-failed', `${name} was not pulled${outcome === 'timed-out' ? ' in time' : ''}: ${words}`)
}
