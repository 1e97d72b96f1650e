import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { runTool as runToolOfLib, ToolRun } from '../lib/run-tool'
import type { InstallPlan } from '../runtimes/runtime'
import type { Installed } from './install-release'
import type { InstallOptions } from './install.types'

export type ContainerPlan = Pick<Extract<InstallPlan['fetch'], { kind: 'container' }>, 'image' | 'tag'>
export type ContainerInput = { runTool: typeof runToolOfLib; engine: string; plan: ContainerPlan; folder: string }

/** 20 GB at 1 MB/s. */
const pullWithinMs = 6 * 3_600_000
const askWithinMs = 20_000
const recordName = 'image.json'

/**
 * Pulls an image by its tag with Docker or Podman and records the digest that came; whoever starts it names the digest. The
 * progress counts layers. @throws Failure `offline`, `disk-full`, `not-found` or `download-failed`, or the signal's reason.
 */
export async function installContainer(input: ContainerInput, { signal, onProgress, log }: InstallOptions): Promise<Installed> {
  const { runTool, engine, plan, folder } = input
  const name = `${plan.image}:${plan.tag}`
  const here = await inspect(input, name)
  const layers = createLayers()
  const pulled = await runTool(engine, ['pull', name], {
    ...{ timeoutMs: pullWithinMs, signal, maxBytes: 20_000_000 },
    onLine(line) {
      log?.(line)
      const told = layers(line)
      if (told) onProgress({ ...told, unit: 'steps' })
    },
  })
  signal.throwIfAborted()
  if (pulled.outcome !== 'read') throw refusal(name, pulled)
  const image = await inspect(input, name)
  if (image === null) throw new Failure('download-failed', `${name} was pulled, but its engine does not show it with a digest.`)
  await writeFile(join(folder, recordName), `${JSON.stringify(image, null, 2)}\n`, { flag: 'wx' })
  log?.(`${name} is ${plan.image}@${image.digest}`)
  const source = { kind: 'container' as const, engine, image: plan.image, tag: plan.tag, digest: image.digest, bytes: image.bytes }
  return { executable: recordName, files: [], source: { ...source, pulled: here?.digest !== image.digest } }
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

/** Counts layers in the lines of a pull that is not on a terminal: `<id>: Pulling fs layer`, `<id>: Pull complete`. */
export function createLayers() {
  const known = new Set<string>()
  const done = new Set<string>()
  return (line: string): { done: number; total: number } | null => {
    const [, id, state = ''] = /^([0-9a-f]{8,}): (.+)$/.exec(line.trim()) ?? []
    if (id === undefined) return null
    known.add(id)
    if (/^(?:Pull complete|Already exists)/.test(state)) done.add(id)
    return { done: done.size, total: known.size }
  }
}

function refusal(name: string, { stdout, stderr, outcome }: ToolRun): Failure {
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-3).join(' ').slice(0, 500)
  if (/no space left/i.test(words)) return new Failure('disk-full', `${name} was not pulled: ${words}`)
  if (/manifest unknown|not found|repository does not exist/i.test(words))
    return new Failure('not-found', `There is no image ${name}: ${words}`)
  if (/Cannot connect to the Docker daemon|permission denied.*docker/i.test(words))
    return new Failure('not-installed', `The container engine does not answer: ${words}`)
  if (/no such host|timeout|connection refused|network is unreachable/i.test(words))
    return new Failure('offline', `${name} was not pulled: ${words}`)
  return new Failure('download-failed', `${name} was not pulled${outcome === 'timed-out' ? ' in time' : ''}: ${words}`)
}
