import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createInstaller } from '../../../electron/core/install/installer'
import { machineOf } from '../../unit/recommend/machines'
import { inFolder, tarOf } from './archives'
import { archive, installerDeps, plan, program, setUpReleases } from './installing'
import type { Asset } from './release-server'

/** Downloads against a server that breaks off, changes its files, redirects and refuses. */
const machine = machineOf()

let close: (() => Promise<unknown>) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function setUp(buildsFolder: string, assets: Asset[]) {
  const made = await setUpReleases(buildsFolder, { assets, plan })
  close = made.server.close
  return made
}

const big: Asset = { ...archive, content: tarOf([program, { name: 'llama-b12345/weights', text: randomBytes(2_500_000).toString('hex') }]) }

test('a connection that breaks is taken up where it broke, by its etag', async () => {
  await inFolder(async folder => {
    const { server, install } = await setUp(folder, [big])
    server.held.cutOnce = true
    expect(await install()).toMatchObject({ version: 'b12345' })
    expect(server.ranges).toHaveLength(2)
    expect(server.ranges[1]).toMatch(/^bytes=\d{6,}-$/)
  })
})

test('what a cancelled install fetched is gone on with by the next host', async () => {
  await inFolder(async folder => {
    const { server, installer, runtime } = await setUp(folder, [big])
    server.held.hold = true
    const cancel = new AbortController()
    const progress = vi.fn()
    const [wanted] = await installer.offers(runtime, machine)
    const told = vi.fn<(text: string) => void>()
    const installing = installer.install(wanted?.id ?? '', { signal: cancel.signal, onProgress: progress, onStage: told })
    await vi.waitFor(() => expect(progress).toHaveBeenCalled())
    cancel.abort()
    await expect(installing).rejects.toMatchObject({ code: 'cancelled' })
    expect(told.mock.lastCall?.[0]).toMatch(/: \d+(\.\d)? MB of \d+(\.\d)? MB came and are kept; a new try goes on from there$/)
    server.held.hold = false
    const next = createInstaller(installerDeps(folder, server.address))
    const [offer] = await next.offers(runtime, machine)
    const again = vi.fn<(amount: { done: number }) => void>()
    await next.install(offer?.id ?? '', { signal: new AbortController().signal, onProgress: again })
    expect(server.ranges[1]).toMatch(/^bytes=\d{6,}-$/)
    expect(again.mock.calls[0]?.[0].done).toBeGreaterThan(1_000_000)
    expect(await readdir(join(folder, '.downloads'))).toEqual([])
  })
})

test('a file that is replaced while it comes is refused, and the list is asked anew', async () => {
  await inFolder(async folder => {
    const assets = [big]
    const { server, install, installer, runtime } = await setUp(folder, assets)
    server.held.hold = true
    const cancel = new AbortController()
    const progress = vi.fn()
    const installing = install(progress, cancel.signal)
    await vi.waitFor(() => expect(progress).toHaveBeenCalled())
    cancel.abort()
    await expect(installing).rejects.toMatchObject({ code: 'cancelled' })
    server.held.hold = false
    assets[0] = { ...big, content: tarOf([program, { name: 'llama-b12345/weights', text: randomBytes(2_500_000).toString('hex') }]) }
    const options = { signal: new AbortController().signal, onProgress: () => undefined }
    await expect(installer.install('llama.cpp/llama-server/github-cpu', options)).rejects.toMatchObject({ code: 'hash-mismatch' })
    await installer.offers(runtime, machine)
    expect(await installer.install('llama.cpp/llama-server/github-cpu', options)).toMatchObject({ version: 'b12345' })
  })
})

test('redirects are followed, and a named version is had by its tag beside the newest', async () => {
  await inFolder(async folder => {
    const { server, installer, runtime } = await setUp(folder, [archive])
    server.held.redirect = true
    await installer.offers(runtime, machine)
    const options = { signal: new AbortController().signal, onProgress: () => undefined }
    const detail = await installer.detail('llama.cpp/llama-server/github-cpu@b12345', [])
    expect(detail).toMatchObject({
      version: 'b12345',
      fetchKind: 'github-release',
      plan: { downloadBytes: archive.content.length, fits: true },
    })
    expect(await installer.install('llama.cpp/llama-server/github-cpu@b12345', options)).toMatchObject({ id: 'llama.cpp@b12345+cpu' })
    expect(server.asked).toContain('/elsewhere/llama-b12345-bin-ubuntu-x64.tar.gz')
    expect(await installer.detail('llama.cpp/llama-server/github-cpu@b1', [])).toMatchObject({
      why: 'There is no release b1 for this machine.',
    })
    await expect(installer.detail('llama.cpp/llama-server/github-cpu@../x', [])).rejects.toMatchObject({ code: 'bad-input' })
  })
})

test('GitHub that has answered often enough is said with the minutes, and left alone until then', async () => {
  await inFolder(async folder => {
    const { server, installer, runtime } = await setUp(folder, [archive])
    const reset = String(Math.ceil(Date.now() / 1000) + 600)
    server.refuse.now = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } }
    const [offer] = await installer.offers(runtime, machine)
    expect(offer?.why).toMatch(/sixty questions an hour.*again in 1[01] min\.$/)
    await expect(
      installer.install(offer?.id ?? '', { signal: AbortSignal.timeout(5_000), onProgress: () => undefined }),
    ).rejects.toMatchObject({
      code: 'not-available-here',
    })
    await installer.offers(runtime, machine)
    expect(server.asked).toHaveLength(1)
  })
})

test('two installers of one folder never make the same build at once', async () => {
  await inFolder(async folder => {
    const { server, installer, runtime } = await setUp(folder, [archive])
    const other = createInstaller(installerDeps(folder, server.address))
    const [offer] = await installer.offers(runtime, machine)
    await other.offers(runtime, machine)
    const options = { signal: new AbortController().signal, onProgress: () => undefined }
    const both = await Promise.allSettled([installer.install(offer?.id ?? '', options), other.install(offer?.id ?? '', options)])
    expect(both.map(each => each.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(each => each.status === 'rejected')).toMatchObject({ reason: { code: 'busy' } })
  })
})
