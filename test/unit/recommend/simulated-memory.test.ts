import { describe, expect, test } from 'vitest'
import { estimateMemory } from '../../../electron/core/recommend/memory'
import { sizeOfArtifact } from '../../../electron/core/recommend/model-size'
import { withSimulation } from '../../../electron/core/recommend/simulated-memory'
import { llamaCppSimulation } from '../../../electron/core/runtimes/llama-cpp.simulation'
import type { SimulationInput } from '../../../electron/core/runtimes/common-simulation'
import { catalogue } from './inputs'
import { gpuOf, machineOf } from './machines'

const qwen = catalogue.find(each => each.id === 'Qwen/Qwen3-8B')
const artifact = qwen?.artifacts.find(each => each.id === 'Q4_K_M')
if (!qwen || !artifact) throw new Error('The catalogue lacks Qwen3-8B Q4_K_M')

const formula = (backend: 'cuda' | 'cpu', cards = 1) =>
  estimateMemory({
    ...{ machine: machineOf({ gpus: Array.from({ length: cards }, (_, index) => gpuOf({ id: `gpu${index}` })) }), backend },
    ...{ model: sizeOfArtifact(qwen, artifact), contextTokens: 8192, slots: 1, kvQuantisation: 'f16' },
    engine: { overheadMiB: { cuda: 250, cpu: 60 }, reservedShare: null },
  })

/** As a server of build 11549 prints it on a processor, and the documentation of llama-fit-params on a card. */
const onProcessor = [
  '0.00.003.969 I common_params_fit_impl: getting device memory data for initial parameters:',
  '0.00.575.885 I common_memory_breakdown_print: | memory breakdown [MiB] | total   free    self   model   context   compute    unaccounted |',
  '0.00.575.968 I common_memory_breakdown_print: |   - Host               |                  288 =   222 +      39 +      27                |',
  '0.00.575.996 I common_memory_breakdown_print: |   - CPU_REPACK         |                   12 =    12 +       0 +       0                |',
  '0.00.642.772 I common_params_fit_impl: projected to use 288 MiB of host memory vs. 24105 MiB of total host memory',
]
const onCard = [
  'llama_memory_breakdown_print: | memory breakdown [MiB] | total   free     self   model   context   compute    unaccounted |',
  'llama_memory_breakdown_print: |   - CUDA0 (RTX 4090)   | 24077 =  945 + (19187 = 17904 +     384 +     898) +        3945 |',
  'llama_memory_breakdown_print: |   - Host               |                 58271 = 58259 +       0 +      12                |',
  'later: | no table any more',
  'llama_memory_breakdown_print: |   - CUDA0 (RTX 4090)   | 24077 =  945 + (1 = 1 +     1 +     1) +        3945 |',
]

describe('what llama.cpp says that a start would take', () => {
  test('is read from the table of its server, host and packed copies, cards by name', () => {
    expect(llamaCppSimulation.read(onProcessor)).toEqual([
      { device: 'Host', host: true, weightsMiB: 222, contextMiB: 39, computeMiB: 27 },
      { device: 'CPU_REPACK', host: true, weightsMiB: 12, contextMiB: 0, computeMiB: 0 },
    ])
    expect(llamaCppSimulation.read(onCard)).toEqual([
      { device: 'CUDA0', host: false, weightsMiB: 17_904, contextMiB: 384, computeMiB: 898 },
      { device: 'Host', host: true, weightsMiB: 58_259, contextMiB: 0, computeMiB: 12 },
    ])
    expect(llamaCppSimulation.read(['load_tensors: loading model tensors', 'exiting due to model loading error'])).toBeNull()
  })

  test('and from the one line of the engine in the app', () => {
    const line = `simulated: {"model":{"cpuBytes":${235 * 1024 ** 2},"gpuBytes":0},"context":{"cpuBytes":${600 * 1024 ** 2},"gpuBytes":0},"gpuLayers":0,"layers":19}`
    expect(llamaCppSimulation.read(['other', line])).toEqual([
      { device: 'Host', host: true, weightsMiB: 235, contextMiB: null, computeMiB: 600 },
    ])
  })

  test('servers are asked with the flags of a start, and ended before they load', () => {
    const build = { id: 'llama.cpp@b11669+x', runtime: 'llama.cpp', kind: 'llama-server', title: 'llama-server', version: 'b11669' }
    const input: SimulationInput = {
      build: { ...build, variant: null, path: '/opt/llama-server', origin: 'adopted', backends: ['cpu'], notes: [] },
      ...{ model: { path: '/models/a.gguf' }, contextTokens: 4096, slots: 2, kvQuantisation: 'q8_0', gpuLayers: 36, layers: 36 },
      ...{ settings: { microBatch: 256 }, flags: ['--swa-full'] },
    }
    const { process, enough } = llamaCppSimulation.plan(input)
    if (process.kind !== 'spawn') throw new Error('a server is a program')
    const command = process.args.join(' ')
    expect(command).toContain('-c 8192 -np 2')
    expect(command).toContain('-ngl 999')
    expect(command).toContain('-ctk q8_0 -ctv q8_0 -fa on')
    expect(command).toMatch(/--ubatch-size 256 --swa-full$/)
    expect(process.args.slice(process.args.indexOf('--port'))[1]).toBe('0')
    for (const line of ['load_tensors: loading model tensors, this can take a while', 'fitting params to free memory took 0.64 seconds'])
      expect(enough.test(line)).toBe(true)
  })
})

describe('the estimate with it', () => {
  test('takes its figures, compares both sums, and all still adds up', () => {
    const before = formula('cpu')
    const rows = [{ device: 'Host', host: true, weightsMiB: 4800, contextMiB: 1152, computeMiB: 310 }]
    const after = withSimulation(before, { by: 'llama-server', rows })
    const [device] = after.devices
    if (!device) throw new Error('there is no device')
    expect(device).toMatchObject({ weightsMiB: 4800, kvMiB: 1152, computeMiB: 310, overheadMiB: before.devices[0]?.overheadMiB })
    const { weightsMiB, kvMiB, computeMiB, overheadMiB, othersMiB, freeMiB, totalMiB } = device
    expect(weightsMiB + kvMiB + computeMiB + overheadMiB + othersMiB + freeMiB).toBeCloseTo(totalMiB, 0)
    expect(after.simulation).toMatchObject({ by: 'llama-server', simulatedMiB: 6262, why: null })
    expect(after.simulation?.formulaMiB).toBeGreaterThan(5000)
    expect(after.workings[0]).toContain('6262 MiB')
  })

  test('keeps the formula where cache and buffers come in one figure, for telling them apart', () => {
    const before = formula('cpu')
    const after = withSimulation(before, {
      by: 'the engine',
      rows: [{ device: 'Host', host: true, weightsMiB: 4790, contextMiB: null, computeMiB: 1500 }],
    })
    expect(after.devices[0]).toMatchObject({ kvMiB: 1152, computeMiB: 348 })
  })

  test('that does not fit by the engine does not fit', () => {
    const before = formula('cpu')
    expect(before.fits).toBe(true)
    const rows = [{ device: 'Host', host: true, weightsMiB: 900_000, contextMiB: 1, computeMiB: 1 }]
    expect(withSimulation(before, { by: 'llama-server', rows }).fits).toBe(false)
  })

  test('leaves the figures alone where it names other devices, or none, and says so', () => {
    const before = formula('cuda')
    const two = ['CUDA0', 'CUDA1'].map(device => ({ device, host: false, weightsMiB: 2400, contextMiB: 600, computeMiB: 200 }))
    expect(withSimulation(before, { by: 'llama-server', rows: two })).toMatchObject({
      devices: before.devices,
      simulation: { simulatedMiB: null, why: expect.stringContaining('other devices') as string },
    })
    expect(withSimulation(before, { why: 'It was busy.' }).simulation).toMatchObject({ by: null, simulatedMiB: null, why: 'It was busy.' })
  })

  test('of a card leaves out what its host side takes', () => {
    const rows = [
      { device: 'CUDA0', host: false, weightsMiB: 4500, contextMiB: 1152, computeMiB: 300 },
      { device: 'Host', host: true, weightsMiB: 330, contextMiB: 0, computeMiB: 20 },
    ]
    expect(withSimulation(formula('cuda'), { by: 'llama-server', rows }).devices).toMatchObject([{ weightsMiB: 4500, computeMiB: 300 }])
  })
})
