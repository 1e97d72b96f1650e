import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DownloaderDependencies } from '../../../electron/core/models/download'
import { startFaultServer, type Fault } from './fault-server'
import { countingFetch, quickDownloader as createQuickDownloader, quietOptions, randomFile, sha256, temporaryFolder } from './models-bench'

const content = randomFile(200_000)
const hash = sha256(content)

let folder: ReturnType<typeof temporaryFolder>
let servers: Awaited<ReturnType<typeof startFaultServer>>[] = []
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  for (const server of servers) await server.close()
  servers = []
  folder.remove()
})

const { fetch, taken } = countingFetch()
const quickDownloader = (changes: Partial<DownloaderDependencies> = {}) => createQuickDownloader({ fetch, ...changes })
const serve = async (script: Fault[] = [], served = content) => {
  const server = await startFaultServer(served, script, taken)
  servers.push(server)
  return server
}
const target = () => join(folder.path, 'org', 'name', 'file.gguf')
const from = (server: { file: string }) => ({ sources: [{ address: server.file, headers: {} }], target: target() })

describe('a download', () => {
  it('fetches a file, tells its progress and leaves nothing else behind', async () => {
    const server = await serve([{ paceMs: 30 }])
    const amounts: { done: number; total: number | null }[] = []
    const result = await quickDownloader().download(
      { ...from(server), sha256: hash },
      { ...quietOptions(), onProgress: amount => amounts.push(amount) },
    )
    expect(result).toEqual({ path: target(), bytes: content.length, sha256: hash })
    expect(readFileSync(target()).equals(content)).toBe(true)
    expect(amounts.length).toBeGreaterThan(1)
    expect(amounts.at(-1)).toEqual({ done: content.length, total: content.length })
    expect(existsSync(`${target()}.part`)).toBe(false)
    expect(existsSync(`${target()}.part.json`)).toBe(false)
  })

  it.each<[string, Fault[], string[]]>([
    ['a connection that breaks', [{ cutAfter: 70_000 }], ['none', 'bytes=70000-']],
    [
      'several breaks',
      [{ cutAfter: 70_000 }, { cutAfter: 30_000 }, { cutAfter: 1 }],
      ['none', 'bytes=70000-', 'bytes=100000-', 'bytes=100001-'],
    ],
    ['a break before the first byte', [{ cutAfter: 0 }], ['none', 'none']],
    ['a busy server', [{ status: 503, body: Buffer.from('later') }], ['none', 'none']],
    ['a server that ignores the range', [{ cutAfter: 70_000 }, { ignoreRange: true }], ['none', 'bytes=70000-']],
    ['a file that changes meanwhile', [{ cutAfter: 70_000, etag: '"old"' }], ['none', 'bytes=70000-']],
    [
      'a range that begins elsewhere',
      [{ cutAfter: 70_000 }, { contentRange: (_, total) => `bytes 60000-${total - 1}/${total}` }],
      ['none', 'bytes=70000-', 'none'],
    ],
    [
      'a range of another size',
      [{ cutAfter: 70_000 }, { contentRange: start => `bytes ${start}-299999/300000` }],
      ['none', 'bytes=70000-', 'none'],
    ],
    ['a weak etag', [{ cutAfter: 70_000, etag: 'W/"x"' }], ['none', 'none']],
    ['no etag', [{ cutAfter: 70_000, etag: null }], ['none', 'none']],
    ['an unasked 416', [{ cutAfter: 70_000 }, { status: 416, body: Buffer.alloc(0) }], ['none', 'bytes=70000-', 'none']],
  ])('survives %s', async (_what, script, ranges) => {
    const server = await serve(script)
    const result = await quickDownloader().download(from(server), quietOptions())
    expect(result.sha256).toBe(hash)
    expect(server.requests.map(request => request.headers.range ?? 'none')).toEqual(ranges)
    expect(server.requests.filter(request => String(request.headers['if-range']).startsWith('W/'))).toEqual([])
  })

  it('goes on without an etag where a known hash decides', async () => {
    const server = await serve([{ cutAfter: 70_000, etag: null }, { etag: null }])
    await quickDownloader().download({ ...from(server), sha256: hash }, quietOptions())
    expect(server.requests.map(request => request.headers.range)).toEqual([undefined, 'bytes=70000-'])
  })

  it('gives the same file for any list of breaks', async () => {
    const small = randomFile(5_000)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5_000), { maxLength: 6 }), async cuts => {
        const server = await startFaultServer(
          small,
          cuts.map(cutAfter => ({ cutAfter })),
          taken,
        )
        const one = temporaryFolder()
        try {
          const request = { sources: [{ address: server.file, headers: {} }], target: join(one.path, 'x.gguf') }
          const result = await quickDownloader({ retry: { tries: 8, firstDelayMs: 1 } }).download(request, quietOptions())
          expect(result.sha256).toBe(sha256(small))
        } finally {
          await server.close()
          one.remove()
        }
      }),
      { numRuns: 20 },
    )
  })

  it('refuses a tampered file and removes it', async () => {
    const tampered = Buffer.from(content)
    tampered[150_000] = (tampered[150_000] ?? 0) ^ 1
    const server = await serve([], tampered)
    await expect(quickDownloader().download({ ...from(server), sha256: hash }, quietOptions())).rejects.toMatchObject({
      code: 'hash-mismatch',
    })
    expect(existsSync(target())).toBe(false)
    expect(existsSync(`${target()}.part`)).toBe(false)
  })

  it('begins again once when what an earlier try left was of another file', async () => {
    const server = await serve([
      { cutAfter: 70_000, body: Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(199_996)]), etag: null },
      { etag: null },
    ])
    const result = await quickDownloader().download({ ...from(server), sha256: hash }, quietOptions())
    expect(result.sha256).toBe(hash)
    expect(server.requests.map(request => request.headers.range)).toEqual([undefined, 'bytes=70000-', undefined])
  })

  it.each<[string, Fault]>([
    ['by its type', { body: Buffer.from('Please sign in'), contentType: 'text/html; charset=utf-8' }],
    ['by its beginning', { body: Buffer.from('  <!DOCTYPE html><title>Sign in</title>') }],
  ])('refuses a web page %s, at once', async (_what, fault) => {
    const server = await serve([fault])
    await expect(quickDownloader().download(from(server), quietOptions())).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('sign in') as string,
    })
    expect(server.requests).toHaveLength(1)
    expect(existsSync(target())).toBe(false)
  })

  it('tries the next source when the first does not have it, and says why when none has', async () => {
    const none = await serve([
      { status: 404, body: Buffer.alloc(0) },
      { status: 404, body: Buffer.alloc(0) },
    ])
    const good = await serve()
    const sources = [none, good].map(server => ({ address: server.file, headers: {} }))
    expect((await quickDownloader().download({ sources, target: target() }, quietOptions())).sha256).toBe(hash)
    await expect(quickDownloader().download({ ...from(none), target: `${target()}2` }, quietOptions())).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('gives up after its tries when no byte comes, and names what is wrong', async () => {
    const server = await serve()
    await server.close()
    servers = []
    await expect(quickDownloader().download(from(server), quietOptions())).rejects.toMatchObject({ code: 'offline' })
    const silent = await serve(Array.from({ length: 4 }, () => ({ silent: true })))
    await expect(quickDownloader({ stallMs: 60 }).download(from(silent), quietOptions())).rejects.toMatchObject({
      message: expect.stringContaining('No byte came') as string,
    })
  })

  it('keeps what came when it is cancelled, and goes on from there', async () => {
    const server = await serve([{ paceMs: 20 }])
    const abort = new AbortController()
    const first = quickDownloader().download(from(server), { signal: abort.signal, onProgress: () => abort.abort() })
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    const kept = statSync(`${target()}.part`).size
    expect(kept).toBeGreaterThan(0)
    expect((await quickDownloader().download(from(server), quietOptions())).sha256).toBe(hash)
    expect(server.requests.at(-1)?.headers.range).toBe(`bytes=${kept}-`)
  })

  it('finishes a part that is whole already without fetching it again', async () => {
    const server = await serve([{ cutAfter: 199_999 }])
    const request = { ...from(server), sha256: hash }
    await expect(quickDownloader({ retry: { tries: 1, firstDelayMs: 1 } }).download(request, quietOptions())).rejects.toMatchObject({
      code: 'download-failed',
    })
    writeFileSync(`${target()}.part`, content)
    expect((await quickDownloader().download(request, quietOptions())).sha256).toBe(hash)
    expect(server.requests).toHaveLength(1)
  })

  it('looks at the disk first and while it goes on, and says how much to free', async () => {
    const server = await serve()
    const full = quickDownloader({ freeBytes: () => Promise.resolve(1024 ** 3 + 100_000) })
    await expect(full.download(from(server), quietOptions())).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/free .* MB more/) as string,
    })
    expect(existsSync(target())).toBe(false)
    const known = quickDownloader({ freeBytes: () => Promise.resolve(10e9) })
    await expect(known.download({ ...from(server), bytes: 20e9 }, quietOptions())).rejects.toMatchObject({
      message: expect.stringContaining('11.1 GB more') as string,
    })
    expect(server.requests).toHaveLength(1)
  })

  it('gives its token only to the host it is for', async () => {
    const other = await serve()
    const first = await serve([
      { status: 302, body: Buffer.alloc(0), location: '/again' },
      { status: 307, body: Buffer.alloc(0), location: other.file },
    ])
    const request = { sources: [{ address: first.file, headers: { authorization: 'Bearer secret' } }], target: target() }
    expect((await quickDownloader().download(request, quietOptions())).sha256).toBe(hash)
    expect(first.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret'])
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it('does not follow redirects without end', async () => {
    const server = await serve(Array.from({ length: 40 }, () => ({ status: 302, body: Buffer.alloc(0), location: '/round' })))
    await expect(quickDownloader().download(from(server), quietOptions())).rejects.toMatchObject({
      message: expect.stringContaining('without end') as string,
    })
  })
})
