import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { shapeSchema, type ModelShape } from '../../../electron/contract/model'
import { computeBytes, kvBytes } from '../../../electron/core/recommend/kv-cache'
import { factsOf, families } from './families'
import { catalogue, readJson } from './inputs'

const MiB = 1024 * 1024
const pairs = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

const logSchema = z.object({
  model: z.string(),
  /** Where neither the catalogue nor a header of ours has it: what the log says of the model. */
  shape: shapeSchema.optional(),
  quantisation: z.string(),
  backend: z.enum(['cuda', 'rocm', 'vulkan', 'metal', 'cpu']),
  /** Of each sequence. */
  contextTokens: z.int(),
  sequences: z.int(),
  cache: z.enum(['f16', 'q8_0', 'q4_0']),
  flashAttention: z.boolean(),
  microBatch: z.int().optional(),
  /** By device, MiB. */
  kvMiB: z.array(z.number()).min(1),
  stateMiB: z.number().optional(),
  /** Absent where the log's buffer has something in it that a start of ours has not; `why` says what. */
  computeMiB: z.array(z.number()).optional(),
  why: z.string().optional(),
  source: z.url(),
  note: z.string().optional(),
})
type Log = z.infer<typeof logSchema>

const { logs } = z.object({ logs: z.array(logSchema) }).parse(readJson('test', 'fixtures', 'memory', 'llama-cpp-logs.json'))

function shapeOf({ model, shape }: Log): ModelShape {
  const family = families.find(each => each.id === model)
  const found = shape ?? (family ? factsOf(family).shape : null) ?? catalogue.find(each => each.id === model)?.shape
  if (!found) throw new Error(`nothing says what ${model} looks like`)
  return found
}

describe('what llama.cpp logged on machines of others', () => {
  test('comes from many models, backends and settings', () => {
    expect(logs.length).toBeGreaterThanOrEqual(15)
    expect(new Set(logs.map(each => each.backend)).size).toBeGreaterThanOrEqual(4)
    expect(logs.filter(each => each.computeMiB).length).toBeGreaterThanOrEqual(10)
    for (const { computeMiB, why } of logs) expect(computeMiB !== undefined || why !== undefined).toBe(true)
  })

  test.each(logs)('$model, $contextTokens x $sequences in $cache on $backend: the cache exactly', log => {
    const { contextTokens, cache, flashAttention, sequences, kvMiB, stateMiB = 0, microBatch } = log
    const input = { contextTokens, kvQuantisation: cache, flashAttention, ...(microBatch !== undefined && { microBatch }) }
    const ours = (kvBytes(shapeOf(log), input) * sequences) / MiB
    expect(Math.abs(ours - pairs(kvMiB) - stateMiB)).toBeLessThan(0.03)
  })

  test.each(logs.filter(each => each.computeMiB))('$model, $contextTokens on $backend: the compute buffer within 15 % or 64 MiB', log => {
    const { contextTokens, flashAttention, backend, microBatch } = log
    const input = { contextTokens, flashAttention, onGpu: backend !== 'cpu', ...(microBatch !== undefined && { microBatch }) }
    const ours = computeBytes(shapeOf(log), input) / MiB
    for (const mib of log.computeMiB ?? [])
      expect(Math.abs(ours - mib), `${ours.toFixed(1)} for ${mib}`).toBeLessThan(Math.max(64, 0.15 * mib))
  })
})
