import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createLayers, parseImage } from '../../../electron/core/install/install-container'
import { createInstaller } from '../../../electron/core/install/installer'
import { askRegistry, placeOf } from '../../../electron/core/install/oci-registry'
import { removeBuild } from '../../../electron/core/install/removal'
import { runTool } from '../../../electron/core/lib/run-tool'
import { containerGpuArguments } from '../../../electron/core/runtimes/common-container'
import { gpuOf, machineOf } from '../../unit/recommend/machines'
import { inFolder } from './archives'
import { installerDeps } from './installing'
import { serveRegistry, type Served } from './oci-registry-server'
import { runtimeWith } from './release-server'

/** The engine is a fake of its command line (test/fixtures/fake-container-engine.mjs); the registry speaks the real protocol. */
const fake = join(import.meta.dirname, '..', '..', 'fixtures', 'fake-container-engine.mjs')
const machine = machineOf()
const served: Served[] = []
afterEach(async () => {
  await Promise.all(served.splice(0).map(each => each.close()))
})

type Setting = { faults?: object | null; change?: Parameters<typeof serveRegistry>[1] }

async function setUp(folder: string, { faults = {}, change }: Setting = {}) {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  if (faults !== null) {
    const text = (await readFile(fake, 'utf8')).replace('#!/usr/bin/env node', `#!${process.execPath}`)
    await writeFile(join(bin, 'docker'), text.replace("join(import.meta.dirname, 'fake-engine')", JSON.stringify(join(folder, 'engine'))))
    await writeFile(join(bin, 'package.json'), '{"type":"module"}')
    await chmod(join(bin, 'docker'), 0o755)
    await mkdir(join(folder, 'engine'))
    await writeFile(join(folder, 'engine', 'faults.json'), JSON.stringify(faults))
  }
  const registry = await serveRegistry({ repository: 'maker/engine', tag: 'v1.0', layerBytes: [3_000_000, 1_000_000] }, change)
  served.push(registry)
  const image = `${registry.address}/maker/engine`
  const runtime = runtimeWith({ kind: 'container', image, tag: 'v1.0', note: 'It is large.' })
  const installer = createInstaller({
    ...installerDeps(join(folder, 'builds'), 'http://127.0.0.1:9'),
    environment: { PATH: `${bin}:/usr/bin:/bin` },
  })
  const [offer] = await installer.offers(runtime, machine)
  return { bin, installer, offer, registry, image }
}

const options = () => ({
  signal: AbortSignal.timeout(20_000),
  onProgress: vi.fn<(told: { done: number }) => void>(),
  onStage: vi.fn(),
  log: vi.fn(),
})
const asked = async (folder: string) =>
  (await readFile(join(folder, 'engine', 'asked.log'), 'utf8'))
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as string[]).join(' '))

test('an image is pulled by the digest that its tag names now, with its bytes, and its removal frees it', async () => {
  await inFolder(async folder => {
    const { bin, installer, offer, registry, image } = await setUp(folder)
    expect(offer).toMatchObject({ source: `${image}:v1.0`, why: null })
    const unasked = await installer.detail(offer?.id ?? '', [])
    expect(unasked.plan).toMatchObject({ downloadBytes: null, commands: [[join(bin, 'docker'), 'pull', `${image}:v1.0`]] })
    expect(registry.asked).toEqual([])
    const detail = await installer.detail(offer?.id ?? '', [], { ask: true })
    const pull = [join(bin, 'docker'), 'pull', `${image}@${registry.digest}`]
    expect(detail.plan).toMatchObject({ downloadBytes: 4_000_100, commands: [pull], needsAgreement: false, notes: ['It is large.'] })
    const means = options()
    const build = await installer.install(offer?.id ?? '', means)
    expect(build).toMatchObject({ id: 'llama.cpp@v1.0+cpu', path: join(bin, 'docker'), image: `${image}@${registry.digest}` })
    expect(means.onProgress.mock.calls.map(([told]) => told.done)).toEqual(expect.arrayContaining([0, 3_000_000, 4_000_000]))
    expect(means.onProgress).toHaveBeenLastCalledWith({ done: 4_000_000, total: 4_000_000, unit: 'bytes' })
    const ours = await installer.managed.get(build.id)
    if (!ours) throw new Error('it is not there')
    expect(ours.manifest.source).toMatchObject({ digest: registry.digest, bytes: 8_000_000, pulled: true })
    const freed = await removeBuild(installer.managed, ours, runTool)
    expect(freed.bytes).toBeGreaterThan(8_000_000)
    expect((await asked(folder)).filter(line => /pull|rm/.test(line))).toEqual([
      `pull ${image}@${registry.digest}`,
      `image rm ${image}@${registry.digest}`,
    ])
  })
})

test('a registry that does not tell us may tell the engine: then the tag is pulled, and layers are counted', async () => {
  await inFolder(async folder => {
    let first = true
    // The first manifest is refused to us; the fake engine, which asks after us, gets it.
    const change = () => (first ? ((first = false), { status: 429 }) : {})
    const { installer, offer, registry, image } = await setUp(folder, { change })
    const means = options()
    expect(await installer.install(offer?.id ?? '', means)).toMatchObject({ image: `${image}@${registry.digest}` })
    expect(means.onProgress).toHaveBeenLastCalledWith({ done: 2, total: 2, unit: 'steps' })
    expect((await asked(folder)).find(line => line.startsWith('pull'))).toBe(`pull ${image}:v1.0`)
  })
})

const refusals: readonly (readonly [string, Setting, string, RegExp])[] = [
  ['no engine', { faults: null }, 'not-available-here', /neither Docker nor Podman/],
  ['an engine that does not answer', { faults: { daemon: true } }, 'engine-down', /daemon/],
  ['an unknown tag', { change: () => ({ status: 404 }) }, 'not-found', /no image .*maker/],
  ['a full disk', { faults: { pull: 'write /x: no space left on device' } }, 'disk-full', /no space/],
  ['another manifest than announced', { change: (_path, body) => ({ body: `${body} ` }) }, 'hash-mismatch', /announced/],
]

test.each(refusals)('%s is said in words', async (_name, ...[setting, code, words]) => {
  await inFolder(async folder => {
    const { installer, offer } = await setUp(folder, setting)
    const failure = await installer.install(offer?.id ?? '', options()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) as string })
    expect(await installer.managed.list()).toEqual([])
  })
})

test('a pull that is cancelled ends its command, and leaves no build', async () => {
  await inFolder(async folder => {
    const { installer, offer } = await setUp(folder, { faults: { slowMs: 10_000 } })
    const abort = new AbortController()
    const onProgress = vi.fn(() => abort.abort())
    const failure = await installer
      .install(offer?.id ?? '', { ...options(), signal: abort.signal, onProgress })
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'cancelled' })
    expect(await installer.managed.list()).toEqual([])
  })
})

test('an image that is not made for this processor is said before anything is pulled', async () => {
  const registry = await serveRegistry({ repository: 'maker/engine', tag: 'v1', layerBytes: [1] }, (_path, body) => ({
    body: body.replaceAll('"architecture":"arm64"', '"architecture":"riscv64"'),
  }))
  served.push(registry)
  const spoiled = askRegistry(
    `${registry.address}/maker/engine`,
    { tag: 'v1', platform: { os: 'linux', architecture: 'arm64' } },
    {
      fetch: (address, init) =>
        fetch(address, init).then(reply => new Response(reply.body, { status: reply.status, headers: withoutDigest(reply) })),
      signal: AbortSignal.timeout(5_000),
    },
  )
  await expect(spoiled).rejects.toMatchObject({ code: 'not-available-here', message: expect.stringContaining('linux/arm64') as string })
})

function withoutDigest(reply: Response): Headers {
  const headers = new Headers(reply.headers)
  headers.delete('docker-content-digest')
  return headers
}

test('names of images lead to their registries', () => {
  expect(placeOf('nvcr.io/nvidia/x')).toEqual({ registry: 'nvcr.io', repository: 'nvidia/x' })
  expect(placeOf('docker.io/vllm/vllm-openai').repository).toBe('vllm/vllm-openai')
  expect(placeOf('ubuntu').repository).toBe('library/ubuntu')
  expect(placeOf('localhost:5000/a/b')).toEqual({ registry: 'localhost:5000', repository: 'a/b' })
})

test('what Docker and Podman print is read, and anything else is nothing', () => {
  const digest = `sha256:${'ab12'.repeat(16)}`
  const podman = JSON.stringify([{ RepoDigests: [`docker.io/other/x@${digest}`, `docker.io/maker/engine@${digest}`], Size: 5 }])
  expect(parseImage(podman, 'maker/engine')).toEqual({ digest, bytes: 5 })
  expect(parseImage('[]', 'maker/engine')).toBeNull()
  expect(parseImage('no json', 'maker/engine')).toBeNull()
  expect(parseImage('[{"RepoDigests": []}]', 'maker/engine')).toBeNull()
  const layers = createLayers([])
  expect(layers('latest: Pulling from x')).toBeNull()
  expect(layers('a1b2c3d4e5f6: Downloading')).toEqual({ done: 0, total: 1, unit: 'steps' })
  const sized = createLayers([{ digest, bytes: 70 }])
  expect(sized(`Copying blob sha256:${'ab12'.repeat(16)}`)).toEqual({ done: 0, total: 70, unit: 'bytes' })
  expect(sized('Copying blob ab12ab12ab12 done   |')).toEqual({ done: 70, total: 70, unit: 'bytes' })
})

test('each vendor has its own way into a container, and none the whole machine', () => {
  const gpus = (vendor: 'nvidia' | 'amd' | 'intel', usable = true) => ({ gpus: [gpuOf({ vendor, usable })] })
  expect(containerGpuArguments('/usr/bin/docker', gpus('nvidia'))).toEqual(['--gpus', 'all'])
  expect(containerGpuArguments('/usr/bin/podman', gpus('nvidia'))).toEqual(['--device', 'nvidia.com/gpu=all'])
  expect(containerGpuArguments('docker', gpus('amd'))).toContain('/dev/kfd')
  expect(containerGpuArguments('docker', gpus('intel'))).not.toContain('/dev/kfd')
  expect(containerGpuArguments('docker', gpus('nvidia', false))).toEqual([])
})
