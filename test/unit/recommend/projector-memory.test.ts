import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MemoryEstimate } from '../../../electron/contract/decision'
import type { Machine } from '../../../electron/contract/machine'
import type { LibraryModel, Projector } from '../../../electron/contract/model'
import type { Build } from '../../../electron/contract/runtime'
import { readProjector } from '../../../electron/core/models/gguf/read-projector'
import { readModel } from '../../../electron/core/models/read-model'
import { estimateStart, type StartInput } from '../../../electron/core/recommend/estimate-start'
import { koboldcpp } from '../../../electron/core/runtimes/koboldcpp'
import { llamaCpp } from '../../../electron/core/runtimes/llama-cpp'
import { writeEmptyProjector, type EmptyProjector } from '../../runtimes/live/empty-projector'
import { publicLogs } from './fixtures/vision-logs'
import { gpuOf, machineOf } from './machines'

const canary = join(import.meta.dirname, '..', '..', '..', 'resources', 'canary', 'canary.Q8_0.gguf')
const logged = publicLogs.find(({ name }) => name.startsWith('Qwen3.6-27B, CUDA'))
if (!logged) throw new Error('there is no log')

let folder: string
let projector: Projector
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'projector-'))
  const path = join(folder, 'mmproj-F16.gguf')
  writeEmptyProjector(path, logged.encoder)
  const read = readProjector({ path })
  projector = { path, bytes: read?.bytes ?? null, sha256: null, why: null, encoder: read?.encoder ?? null }
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the shape of an encoder', () => {
  const shapes: [string, EmptyProjector & { classToken: boolean }][] = [
    ...new Map(publicLogs.map(({ encoder }) => [encoder.projector, encoder])),
  ]
  test.each(shapes)('%s is read from the header of its file as it was written', (name, shape) => {
    const path = join(folder, `${name}.gguf`)
    writeEmptyProjector(path, shape)
    expect(readProjector({ path })).toMatchObject({ images: true, width: shape.outputWidth, encoder: shape })
  })
})

const build: Build = {
  ...{ id: 'llama.cpp@b11669+cuda', runtime: 'llama.cpp', kind: 'adopted', title: 'llama-server', version: 'b11669', variant: 'cuda' },
  ...{ path: '/opt/llama-server', origin: 'adopted', backends: ['cuda', 'cpu'], notes: [] },
}
const model = (): LibraryModel => ({
  ...{ id: 'local/canary:Q8_0', title: 'Canary', catalogueId: null, artifactId: null, path: canary, facts: readModel({ path: canary }) },
  ...{ origin: 'imported', state: 'ready', why: null, bytes: 2_824_608, sha256: null, engineTest: false, addedAt: '', projector },
})
const card = (vramFreeMiB: number) => machineOf({ gpus: [gpuOf({ vramMiB: 24_564, vramFreeMiB })] })

function memoryOf(machine: Machine, request: Partial<StartInput['request']> = {}, more: Partial<StartInput> = {}): MemoryEstimate {
  return estimateStart({
    ...{ machine, runtime: llamaCpp, build, model: model(), known: null, contextTokens: 4096, slots: 1, measurements: [] },
    ...{ request: { kvQuantisation: null, gpuLayers: null, ...request }, ...more },
  }).memory
}
const device = ({ devices }: MemoryEstimate, id: string) => devices.find(each => each.id === id)
const weightsMiB = () => (projector.bytes ?? 0) / 1024 / 1024

/** All parts and what stays free. */
const sumOf = (of: MemoryEstimate['devices'][number]) =>
  of.weightsMiB + of.kvMiB + of.computeMiB + of.overheadMiB + of.othersMiB + of.freeMiB + (of.projectorMiB ?? 0)

describe('what reads images', () => {
  test('is a part of its own on the GPU: its weights and the buffer of the log; all parts sum to the device', () => {
    const memory = memoryOf(card(24_000))
    const gpu = device(memory, 'gpu0')
    if (!gpu) throw new Error('there is no GPU')
    expect(gpu.projectorMiB).toBeCloseTo(weightsMiB() + logged.bufferMiB, 0)
    expect(sumOf(gpu)).toBeCloseTo(gpu.totalMiB, 0)
    expect(memory.parts?.projector).toMatch(
      /whole on Test GPU\. Weights of \d+ MiB\. A buffer of 248 MiB for a picture of 1472 x 1472 pixels, with flash/,
    )
    expect(memory.workings.at(-1)).toBe(memory.parts?.projector)
    const blind = device(memoryOf(card(24_000), {}, { model: { ...model(), projector: null } }), 'gpu0')
    expect(blind).toMatchObject({ weightsMiB: gpu.weightsMiB, kvMiB: gpu.kvMiB, computeMiB: gpu.computeMiB })
    expect(blind).not.toHaveProperty('projectorMiB')
    expect((blind?.freeMiB ?? 0) - gpu.freeMiB).toBeCloseTo(gpu.projectorMiB ?? 0, 0)
  })

  test('stays on the GPU when the model is kept off it, and goes to main memory when it is told to', () => {
    const off = memoryOf(card(24_000), { gpuLayers: 0 })
    expect(off.devices.map(({ id, projectorMiB = 0 }) => [id, projectorMiB > 0])).toEqual([
      ['ram', false],
      ['gpu0', true],
    ])
    for (const each of off.devices) expect(sumOf(each)).toBeCloseTo(each.totalMiB, 0)
    const told = memoryOf(card(24_000), { flags: ['--no-mmproj-offload'] })
    expect(device(told, 'gpu0')).not.toHaveProperty('projectorMiB')
    expect(device(told, 'ram')?.projectorMiB).toBeCloseTo(weightsMiB() + logged.bufferMiB, 0)
    expect(told.parts?.projector).toContain('whole on Memory')
  })

  test('takes gigabytes more where flash attention is turned off, and no longer fits then', () => {
    const free = 6_000
    expect(memoryOf(card(free))).toMatchObject({ fits: true, gpuLayers: memoryOf(card(free)).layers })
    const without = memoryOf(card(free), { settings: { flashAttention: 'off' } })
    const gpu = device(without, 'gpu0')
    expect(gpu?.projectorMiB).toBeCloseTo(weightsMiB() + 4657.81, 0)
    expect(memoryOf(card(free), { flags: ['-fa', 'off'] }).devices).toEqual(without.devices)
    expect(memoryOf(card(5_000), { flags: ['--flash-attn=off'] }).fits).toBe(false)
  })

  test('counts its weights alone with an engine of which nothing more is known, and says so', () => {
    const memory = memoryOf(card(24_000), {}, { runtime: koboldcpp, build: { ...build, runtime: 'koboldcpp' } })
    expect(device(memory, 'gpu0')?.projectorMiB).toBeCloseTo(weightsMiB(), 0)
    expect(memory.parts?.projector).toContain('with this engine is not known')
  })

  test('has its buffers in main memory on a machine without a GPU', () => {
    const memory = memoryOf(machineOf())
    expect(memory.devices.map(({ id }) => id)).toEqual(['ram'])
    expect(memory.devices[0]?.projectorMiB).toBeCloseTo(weightsMiB() + logged.bufferMiB, 0)
  })
})
