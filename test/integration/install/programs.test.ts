import { createHash } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createInstaller } from '../../../electron/core/install/installer'
import { packingOf } from '../../../electron/core/install/packing'
import { koboldcpp } from '../../../electron/core/runtimes/koboldcpp'
import { localai } from '../../../electron/core/runtimes/localai'
import type { InstallPlan, Runtime } from '../../../electron/core/runtimes/runtime'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, take } from './archives'
import { installerDeps } from './installing'
import { runtimeWith, serveReleases, type Asset } from './release-server'

const options = { signal: new AbortController().signal, onProgress: () => undefined }
const says = (words: string) => Buffer.from(`#!/bin/sh\necho "${words}"\n`)
const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex')

type Made = { runtime: Runtime; assets: Asset[]; tag: string; repository: string }

/** An installer over a server that has just these files, and the offer for a machine without a GPU. */
async function withOffer(
  folder: string,
  { runtime, assets, ...release }: Made,
  work: (made: Awaited<ReturnType<typeof offerOf>>) => unknown,
) {
  const server = await serveReleases(assets, release)
  try {
    await work(await offerOf(folder, runtime, server.address))
  } finally {
    await server.close()
  }
}

async function offerOf(folder: string, runtime: Runtime, address: string) {
  const installer = createInstaller(installerDeps(folder, address))
  await installer.swept
  const [offer] = await installer.offers(runtime, machineOf())
  return { installer, offer, install: () => installer.install(offer?.id ?? '', options) }
}

const adapters: { name: string; made: Made; file: string; version: string }[] = [
  {
    name: 'KoboldCpp',
    made: {
      runtime: koboldcpp,
      assets: [{ name: 'koboldcpp-linux-x64-nocuda', content: says('1.98.1') }],
      ...{ tag: 'v1.98.1', repository: 'LostRuins/koboldcpp' },
    },
    ...{ file: 'koboldcpp-linux-x64-nocuda', version: '1.98.1' },
  },
  {
    name: 'LocalAI',
    made: {
      runtime: localai,
      assets: [{ name: 'local-ai-v4.9.0-linux-amd64', content: says('LocalAI version v4.9.0 (82c191a)') }],
      ...{ tag: 'v4.9.0', repository: 'mudler/LocalAI' },
    },
    ...{ file: 'local-ai', version: '4.9.0' },
  },
]

test.each(adapters)('the bare program of $name becomes its executable, recorded and repairable', async ({ made, file, version }) => {
  await inFolder(async folder => {
    await withOffer(folder, made, async ({ installer, offer, install }) => {
      expect(offer).toMatchObject({ why: null, bytes: made.assets[0]?.content.length })
      const build = await install()
      const home = join(folder, build.id)
      expect(build).toMatchObject({ version, origin: 'managed', path: join(home, 'files', file) })
      expect((await stat(build.path ?? '')).mode & 0o777).toBe(0o755)
      const content = made.assets[0]?.content ?? Buffer.alloc(0)
      const manifest: unknown = JSON.parse(await take(home, 'manifest.json'))
      expect(manifest).toMatchObject({
        executable: `files/${file}`,
        source: { kind: 'github-release', tag: made.tag, archives: [{ sha256: sha256Of(content) }] },
        files: [{ path: `files/${file}`, bytes: content.length, sha256: sha256Of(content) }],
      })
      expect(await readdir(join(folder, '.downloads'))).toEqual([])
      expect(await installer.offers(made.runtime, machineOf())).toEqual([])
      await writeFile(build.path ?? '', 'spoiled')
      expect(await installer.repair(build.id, { runtime: made.runtime, machine: machineOf() }, options)).toEqual(build)
      expect(await take(home, 'files', file)).toBe(content.toString())
    })
  })
})

const program = says('version: 0.9.0 (build 12345, commit abc)')
const plan: InstallPlan['fetch'] = { kind: 'github-release', repository: 'makers/engine', asset: /^engine-linux/, executable: 'engine' }
const release = { tag: 'b12345', repository: 'makers/engine' }

test('a program that is compressed by itself is unpacked and recorded as it lies there', async () => {
  await inFolder(async folder => {
    const assets = [{ name: 'engine-linux-x64.gz', content: gzipSync(program) }]
    await withOffer(folder, { runtime: runtimeWith(plan), assets, ...release }, async ({ install }) => {
      const build = await install()
      expect(await take(folder, build.id, 'files', 'engine')).toBe(program.toString())
      const manifest = JSON.parse(await take(folder, build.id, 'manifest.json')) as { files: unknown }
      expect(manifest.files).toEqual([{ path: 'files/engine', bytes: program.length, sha256: sha256Of(program) }])
    })
  })
})

const refused = (fetch: InstallPlan['fetch'], asset: Asset, code: string) => ({ fetch, asset, code })
const zeros = Buffer.alloc(80 * 1024 ** 2)
test.each([
  [
    'another digest than announced',
    refused(plan, { name: 'engine-linux', content: program, digest: `sha256:${'0'.repeat(64)}` }, 'hash-mismatch'),
  ],
  ['a compressed file that is none', refused(plan, { name: 'engine-linux.gz', content: program }, 'download-failed')],
  ['one that grows without end', refused(plan, { name: 'engine-linux.gz', content: gzipSync(zeros) }, 'download-failed')],
  [
    'a name that leaves its folder',
    refused({ ...plan, executable: '../engine' }, { name: 'engine-linux', content: program }, 'download-failed'),
  ],
  ['one that does not start', refused(plan, { name: 'engine-linux', content: Buffer.from('#!/bin/sh\nexit 3\n') }, 'did-not-start')],
])('%s is refused and leaves nothing', async (_name, { fetch, asset, code }) => {
  await inFolder(async folder => {
    await withOffer(folder, { runtime: runtimeWith(fetch), assets: [asset], ...release }, async ({ install }) => {
      await expect(install()).rejects.toMatchObject({ code })
      expect((await readdir(folder)).filter(name => !['.locks', '.downloads'].includes(name))).toEqual([])
    })
  })
})

test.each([
  ['llama-b12345-bin-ubuntu-x64.tar.gz', 'archive'],
  ['ollama-linux-amd64.tar.zst', 'archive'],
  ['ollama-linux-amd64.tgz', 'archive'],
  ['llama-bin-win-cpu-x64.zip', 'archive'],
  ['koboldcpp-linux-x64', 'program'],
  ['koboldcpp.exe', 'program'],
  ['local-ai-v4.9.0-linux-amd64', 'program'],
  ['engine-v1.2.gz', 'gzip'],
])('%s comes as %s', (name, packing) => {
  expect(packingOf(name)).toBe(packing)
})
