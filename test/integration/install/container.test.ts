import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { containerGpuArguments } from '../../../electron/core/install/container-engine'
import { createLayers, parseImage } from '../../../electron/core/install/install-container'
import { createInstaller } from '../../../electron/core/install/installer'
import { removeBuild } from '../../../electron/core/install/removal'
import { runTool } from '../../../electron/core/lib/run-tool'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, put } from './archives'
import { installerDeps } from './installing'
import { runtimeWith } from './release-server'

const digest = `sha256:${'ab12'.repeat(16)}`
const machine = machineOf()

/** NOT a container engine: a script that answers pull, inspect and rm as Docker 28 does, since no registry is here. */
const fakeDocker = (log: string, change = '') => `#!/bin/sh
echo "$@" >> ${log}
case "$1 $2" in
"pull "*)
  ${change}
  echo "v1.0: Pulling from maker/engine"
  echo "a1b2c3d4e5f6: Pulling fs layer"
  echo "b1b2c3d4e5f6: Pulling fs layer"
  echo "a1b2c3d4e5f6: Pull complete"
  echo "b1b2c3d4e5f6: Already exists"
  echo "Digest: ${digest}"
  touch ${log}.pulled ;;
"image inspect")
  test -e ${log}.pulled || { echo "Error: No such image: $3" >&2; exit 1; }
  echo '[{"Id": "sha256:x", "RepoDigests": ["maker/engine@${digest}"], "Size": 123456789}]' ;;
"image rm") rm ${log}.pulled ;;
esac
`

async function setUp(folder: string, script: string | null) {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  if (script !== null) {
    await put(bin, 'docker', script)
    await chmod(join(bin, 'docker'), 0o755)
  }
  const runtime = runtimeWith({ kind: 'container', image: 'maker/engine', tag: 'v1.0', note: 'It is large.' })
  const installer = createInstaller({
    ...installerDeps(join(folder, 'builds'), 'http://127.0.0.1:9'),
    environment: { PATH: `${bin}:/usr/bin:/bin` },
  })
  const [offer] = await installer.offers(runtime, machine)
  return { bin, installer, runtime, offer }
}

const options = () => ({ signal: AbortSignal.timeout(20_000), onProgress: vi.fn(), log: vi.fn() })

test('an image is pulled by its tag, recorded by its digest, and its removal frees it', async () => {
  await inFolder(async folder => {
    const log = join(folder, 'log')
    const { bin, installer, offer } = await setUp(folder, fakeDocker(log))
    expect(offer).toMatchObject({ source: 'maker/engine:v1.0', why: null })
    const detail = await installer.detail(offer?.id ?? '', [])
    expect(detail.plan).toMatchObject({
      commands: [[join(bin, 'docker'), 'pull', 'maker/engine:v1.0']],
      needsAgreement: false,
      notes: ['It is large.'],
    })
    const means = options()
    const build = await installer.install(offer?.id ?? '', means)
    expect(build).toMatchObject({ id: 'llama.cpp@v1.0+cpu', path: join(bin, 'docker'), image: `maker/engine@${digest}` })
    expect(means.onProgress).toHaveBeenLastCalledWith({ done: 2, total: 2, unit: 'steps' })
    const ours = await installer.managed.get(build.id)
    if (!ours) throw new Error('it is not there')
    expect(ours.manifest.source).toMatchObject({ digest, bytes: 123_456_789, pulled: true })
    const freed = await removeBuild(installer.managed, ours, runTool)
    expect(freed.bytes).toBeGreaterThan(123_456_789)
    expect(await readFile(log, 'utf8')).toContain('image rm maker/engine:v1.0')
  })
})

const refusals: readonly (readonly [string, string | null, string, RegExp])[] = [
  ['no engine', null, 'not-available-here', /Docker or Podman/],
  ['an engine that does not answer', 'echo "Cannot connect to the Docker daemon at unix:///x" >&2; exit 1', 'not-installed', /daemon/],
  ['an unknown tag', 'echo "manifest unknown: manifest unknown" >&2; exit 1', 'not-found', /no image maker/],
  ['a full disk', 'echo "write /x: no space left on device" >&2; exit 1', 'disk-full', /no space/],
]

test.each(refusals)('%s is said in words', async (_name, ...[change, code, words]) => {
  await inFolder(async folder => {
    const { installer, offer } = await setUp(folder, change === null ? null : fakeDocker(join(folder, 'log'), change))
    const failure = await installer.install(offer?.id ?? '', options()).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(words) as string })
    expect(await installer.managed.list()).toEqual([])
  })
})

test('what Docker and Podman print is read, and anything else is nothing', () => {
  const podman = JSON.stringify([{ RepoDigests: [`docker.io/other/x@${digest}`, `docker.io/maker/engine@${digest}`], Size: 5 }])
  expect(parseImage(podman, 'maker/engine')).toEqual({ digest, bytes: 5 })
  expect(parseImage('[]', 'maker/engine')).toBeNull()
  expect(parseImage('no json', 'maker/engine')).toBeNull()
  expect(parseImage('[{"RepoDigests": []}]', 'maker/engine')).toBeNull()
  const layers = createLayers()
  expect(layers('latest: Pulling from x')).toBeNull()
  expect(layers('a1b2c3d4e5f6: Downloading')).toEqual({ done: 0, total: 1 })
})

test('each vendor has its own way into a container', () => {
  const gpu = (vendor: 'nvidia' | 'amd' | 'intel') => [{ vendor, usable: true }]
  expect(containerGpuArguments('/usr/bin/docker', gpu('nvidia'))).toEqual(['--gpus', 'all'])
  expect(containerGpuArguments('/usr/bin/podman', gpu('nvidia'))).toEqual(['--device', 'nvidia.com/gpu=all'])
  expect(containerGpuArguments('docker', gpu('amd'))).toContain('/dev/kfd')
  expect(containerGpuArguments('docker', gpu('intel'))).not.toContain('/dev/kfd')
  expect(containerGpuArguments('docker', [{ vendor: 'nvidia', usable: false }])).toEqual([])
})
