import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { computeBytes, kvBytes } from '../../electron/core/recommend/kv-cache'
import { factsOf, families, headerOf } from '../unit/recommend/families'

/**
 * Whether what families.json records is still what the llama.cpp in the app reserves: a file with a header alone (its
 * weights are a hole) is reckoned by the engine itself. Needs no network: ROUNDHOUSE_LIVE=1 and the path of this file.
 */
describe.runIf(process.env['ROUNDHOUSE_LIVE'])('families as the engine in the app reckons them', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'families-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(families)('$id', { timeout: 120_000 }, async family => {
    const { header, fileBytes } = headerOf(family)
    const modelPath = join(folder, 'model.gguf')
    const file = openSync(modelPath, 'w')
    writeSync(file, header)
    ftruncateSync(file, fileBytes)
    closeSync(file)
    const options = { simulate: true, modelPath, contextTokens: 32_768, slots: 1, gpuLayers: 0, kvQuantisation: 'q8_0' }
    const engine = join(import.meta.dirname, '..', '..', 'dist', 'host', 'engine.js')
    const { stderr } = await execa(process.execPath, [engine, JSON.stringify(options)], { reject: false })
    const said = /"context":\{"cpuBytes":(\d+)/.exec(stderr)
    expect(said, stderr.slice(-300)).not.toBeNull()
    const { shape } = factsOf(family)
    if (!shape) throw new Error('the header has no shape')
    const microBatch = shape.slidingLayers > 0 ? 513 : 512
    const input = { contextTokens: 32_768, microBatch, flashAttention: true }
    const ours = kvBytes(shape, { ...input, kvQuantisation: 'q8_0' }) + computeBytes(shape, input)
    const bytes = Number(said?.[1])
    expect(Math.abs(ours - bytes) / 1024 ** 2, `${(ours / 1024 ** 2).toFixed(0)} for ${(bytes / 1024 ** 2).toFixed(0)} MiB`).toBeLessThan(
      Math.max(64, 0.04 * (bytes / 1024 ** 2)),
    )
  })
})
