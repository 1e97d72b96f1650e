import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createBuildFinder } from '../../../electron/core/install/find-builds'
import { createInstaller } from '../../../electron/core/install/installer'
import { runTool } from '../../../electron/core/lib/run-tool'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, put, take, tarOf, zipOf } from './archives'
import { archive, installerDeps, plan, program, setUpReleases } from './installing'
import { runtimeWith, type Asset } from './release-server'

const machine = machineOf()
let close: (() => Promise<unknown>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function setUp(buildsFolder: string, assets: Asset[], fetchPlan: Parameters<typeof runtimeWith>[0] = plan) {
  const made = await setUpReleases(buildsFolder, { assets, plan: fetchPlan })
  close = made.server.close
  return made
}

test('a release is offered with its size, installed with its digest, and found again', async () => {
  await inFolder(async folder => {
    const { installer, runtime, install, list } = await setUp(folder, [archive])
    expect(await installer.offers(runtime, machine)).toEqual([
      {
        id: 'llama.cpp/llama-server/github-cpu',
        runtime: 'llama.cpp',
        title: 'Engine for the CPU b12345',
        source: 'GitHub, makers/engine',
        bytes: archive.content.length,
        why: null,
      },
    ])
    const onProgress = vi.fn()
    const build = await install(onProgress)
    expect(build).toMatchObject({
      id: 'llama.cpp@b12345+cpu',
      version: 'b12345',
      origin: 'managed',
      path: join(folder, 'llama.cpp@b12345+cpu', 'files', 'llama-b12345', 'llama-server'),
    })
    expect(onProgress).toHaveBeenLastCalledWith({ done: archive.content.length, total: archive.content.length })
    expect(await list()).toEqual(['llama.cpp@b12345+cpu'])
    const manifest = JSON.parse(await take(folder, 'llama.cpp@b12345+cpu', 'manifest.json')) as {
      files: { path: string }[]
      source: object
    }
    expect(manifest.files.map(file => file.path)).toEqual(['files/llama-b12345/libggml.so', 'files/llama-b12345/llama-server'])
    expect(manifest.source).toMatchObject({
      kind: 'github-release',
      tag: 'b12345',
      archives: [{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    })
    const finder = createBuildFinder({ runTool, fetch, homeFolder: folder, environment: {}, buildsFolder: folder })
    expect(await finder.find(runtime, machine)).toEqual([build])
    expect(await installer.offers(runtime, machine)).toEqual([])
  })
})

test('a zip and an extra archive come together in one folder', async () => {
  await inFolder(async folder => {
    const name = 'llama-b12345-bin-ubuntu-x64.zip'
    const extra = {
      name: 'cudart-llama-bin.tar.gz',
      content: tarOf([
        { name: 'cuda/libcudart.so.12', text: 'cuda' },
        { name: 'cuda/libcudart.so', type: 'SymbolicLink', linkpath: 'libcudart.so.12' },
      ]),
    }
    const { install } = await setUp(folder, [{ name, content: zipOf([program]) }, extra], { ...plan, extra: /^cudart-/ })
    const build = await install()
    const beside = join(build.path ?? '', '..')
    expect(await take(beside, 'libcudart.so')).toBe('cuda')
    expect((await stat(build.path ?? '')).mode & 0o111).toBe(0o111)
  })
})

test.each([
  ['a wrong digest', { digest: `sha256:${'0'.repeat(64)}` }, 'hash-mismatch'],
  ['a size that is not true', { size: 10 }, 'hash-mismatch'],
  ['an archive that reaches outside', { content: tarOf([program, { name: '../../evil', text: 'x' }]) }, 'download-failed'],
  ['an archive without the program', { content: tarOf([{ name: 'other', text: 'x' }]) }, 'download-failed'],
  [
    'a program that does not run here',
    { content: tarOf([{ ...program, text: '#!/bin/sh\necho "cannot open shared object file" >&2; exit 127\n' }]) },
    'did-not-start',
  ],
])('%s is refused and leaves nothing', async (_name, changes, code) => {
  await inFolder(async folder => {
    const { install, list } = await setUp(folder, [{ ...archive, ...changes }])
    await expect(install()).rejects.toMatchObject({ code })
    expect(await list()).toEqual([])
  })
})

test('a file without a digest is not offered', async () => {
  await inFolder(async folder => {
    const { installer, runtime } = await setUp(folder, [{ ...archive, digest: null }])
    expect(await installer.offers(runtime, machine)).toMatchObject([{ why: 'No release of late has a file for this machine.' }])
  })
})

test('cancelling breaks the download off and leaves no build', async () => {
  await inFolder(async folder => {
    const { server, install, list } = await setUp(folder, [{ ...archive, content: Buffer.alloc(6_000_000, 7) }])
    server.held.hold = true
    const cancel = new AbortController()
    const progress = vi.fn()
    const installing = install(progress, cancel.signal)
    await vi.waitFor(() => expect(progress).toHaveBeenCalled())
    cancel.abort()
    await expect(installing).rejects.toMatchObject({ code: 'cancelled' })
    expect(await list()).toEqual([])
    await vi.waitFor(() => expect(server.held.openDownloads).toBe(0))
  })
})

test('the same install twice at once is refused, and one after another changes nothing', async () => {
  await inFolder(async folder => {
    const { installer, runtime, list } = await setUp(folder, [archive])
    const [offer] = await installer.offers(runtime, machine)
    const options = { signal: new AbortController().signal, onProgress: () => undefined }
    const first = installer.install(offer?.id ?? '', options)
    await expect(installer.install(offer?.id ?? '', options)).rejects.toMatchObject({ code: 'busy' })
    const build = await first
    const { mtimeMs } = await stat(build.path ?? '')
    expect(await installer.install(offer?.id ?? '', options)).toMatchObject({ id: build.id })
    expect((await stat(build.path ?? '')).mtimeMs).toBe(mtimeMs)
    expect(await list()).toHaveLength(1)
    await expect(installer.install('nothing', options)).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('what an earlier install left is swept, and GitHub out of reach is said', async () => {
  await inFolder(async folder => {
    const left = join(folder, '.unfinished-engine')
    await import('node:fs/promises').then(({ mkdir }) => mkdir(left))
    await put(left, 'half', 'x')
    const installer = createInstaller({ ...installerDeps(folder, 'http://127.0.0.1:9'), pypiReachable: () => false })
    expect(await installer.swept).toBe(1)
    expect(await readdir(folder)).toEqual(['.locks'])
    expect(await installer.offers(runtimeWith(plan), machine)).toMatchObject([{ bytes: null, why: 'GitHub cannot be reached from here.' }])
    const python = runtimeWith({ kind: 'python-venv', requirements: ['x==1'], launcher: { name: 'l.py', text: '' }, python: '3.10' })
    expect(await installer.offers(python, machine)).toMatchObject([{ why: 'PyPI cannot be reached from here.' }])
  })
})

test('GitHub is asked once for many questions', async () => {
  await inFolder(async folder => {
    const { installer, runtime, server } = await setUp(folder, [archive])
    await Promise.all([1, 2, 3].map(() => installer.offers(runtime, machine)))
    expect(server.asked).toHaveLength(1)
  })
})
