import { build } from 'esbuild'
import { execa } from 'execa'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFaultServer } from './fault-server'
import { quickDownloader, quietOptions, randomFile, root, sha256, temporaryFolder } from './models-bench'

const folder = temporaryFolder()
const child = join(root, 'dist', 'test', 'download-child.mjs')
const content = randomFile(3_000_000)

beforeAll(async () => {
  const banner = { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" }
  await build({
    entryPoints: [join(import.meta.dirname, 'download-child.ts')],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    logLevel: 'error',
  })
})
afterAll(() => folder.remove())

it('gives the right file after its process was killed three times in the middle', { timeout: 30_000 }, async () => {
  const server = await startFaultServer(content, [{ paceMs: 25 }, { paceMs: 25 }, { paceMs: 25 }])
  const target = join(folder.path, 'file.gguf')
  try {
    const sizes: number[] = []
    for (let kill = 0; kill < 3; kill++) {
      const running = execa(process.execPath, [child, server.file, target, sha256(content)], { reject: false, buffer: false })
      for await (const line of running.iterable()) {
        if (line === 'more') break
      }
      running.kill('SIGKILL')
      await running
      sizes.push(statSync(`${target}.part`).size)
    }
    await quickDownloader().download({ sources: [{ address: server.file, headers: {} }], target, sha256: sha256(content) }, quietOptions())
    expect(readFileSync(target).equals(content)).toBe(true)
    expect(sizes.every((size, index) => size > (sizes[index - 1] ?? 0))).toBe(true)
    expect(server.requests.map(request => request.headers.range)).toEqual([undefined, ...sizes.map(size => `bytes=${size}-`)])
  } finally {
    await server.close()
  }
})
