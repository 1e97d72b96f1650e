import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shippedFactors } from '../../../electron/core/recommend/speed-factors'
import { partsOf } from '../../bench/predict/device-names'
import { caseOf, predict } from '../../bench/predict/predict'
import { numberOf, rowsOf, type PerfRow } from '../../bench/predict/rows'

const columns = [
  ...['device', 'bandwidth_gb_s', 'mem_gb', 'n_gpu', 'model', 'params_b', 'active_params_b', 'quant', 'weights_gib', 'runtime', 'backend'],
  ...['ctx_depth', 'concurrency', 'decode_tok_s', 'prefill_tok_s', 'vram_used_gb', 'ttft_ms', 'source_url', 'notes', 'tier'],
] as const
type Cells = Partial<Record<(typeof columns)[number], string>>

const usual: Cells = { device: 'RTX 3090', model: 'Llama 3.1 8B', quant: 'Q4_K_M', runtime: 'llama.cpp', decode_tok_s: '100', tier: 'A' }
const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const csvOf = (rows: readonly Cells[], order: readonly (typeof columns)[number][] = columns) =>
  [order.join(','), ...rows.map(row => order.map(name => cell(row[name] ?? '')).join(','))].join('\n')

function only(changes: Cells): PerfRow {
  const [row] = rowsOf(csvOf([{ ...usual, ...changes }]))
  if (!row) throw new Error('The row was not read')
  return row
}

function said(changes: Cells) {
  const one = caseOf(only(changes))
  const range = predict(one, shippedFactors)
  return { mid: range?.mid ?? null, range, ...one }
}

const devices = [
  ...[
    'RTX 3060 12GB',
    'NVIDIA GeForce RTX 4060 Ti 16GB',
    'RTX 5090',
    'rtx-3090',
    '3090',
    'H100 SXM',
    'H200',
    'A100 PCIe 80GB',
    'B200',
    'L4',
  ],
  ...['Tesla V100 SXM2 32GB', 'GTX 1080 Ti', 'Tesla M40', 'RTX 4090 Laptop GPU', '2x RTX 3090', 'RTX 4090 x4', 'RTX 3090 + RTX 3060'],
  ...[
    'AMD Radeon RX 9070 XT',
    '7900 XTX',
    '6900XT',
    'MI300X',
    'Radeon RX 580',
    'Ryzen AI Max+ 395',
    'Strix Halo',
    'DGX Spark',
    'NVIDIA GB10',
  ],
  ...[
    'Jetson Orin Nano',
    'Apple M5',
    'Apple M5 Max 40-core GPU',
    'M5 Ultra',
    'Apple M3 Ultra 512GB',
    'MacBook Pro M1 Pro',
    'Intel Arc B580',
    'A770',
  ],
  ...['AMD EPYC 9654', 'Intel Xeon Platinum 8480+', 'Ryzen 9 7950X', 'Raspberry Pi 5', 'Snapdragon X Elite', 'CPU'],
]
const models = [
  ...['Qwen3-30B-A3B', 'gpt-oss-120b', 'gpt-oss:20b', 'DeepSeek-V3', 'DeepSeek-R1-Distill-Qwen-14B', 'Mixtral 8x7B', 'Llama-3.1-70B'],
  ...['gemma-3-27b-it-qat', 'Llama-4-Scout-17B-16E', 'OLMoE-1B-7B', 'SmolLM2-360M', 'Kimi-K2', 'phi-4', 'llama3.1:8b-instruct-q8_0'],
]
const quants = [
  ...[
    'IQ1_S',
    'IQ2_M',
    'IQ4_XS',
    'AWQ',
    'GPTQ-Int4',
    'FP8',
    'NVFP4',
    'MXFP4',
    'EXL2 4.0bpw',
    'MLX 4-bit',
    '6bit',
    '8bit',
    'BF16',
    'UD-Q4_K_XL',
  ],
  ...['w4a16', 'bnb-4bit', 'F32', 'something new', ''],
]

describe('rows that were not seen before', () => {
  test('known devices in any spelling get a range, whatever model, quantisation and number of streams', () => {
    for (const device of devices)
      for (const [index, model] of models.entries()) {
        const one = said({ device, model, quant: quants[index % quants.length] ?? '', concurrency: index % 3 === 0 ? '16' : '1' })
        expect(one.why, `${device}, ${model}`).toBeNull()
        expect(one.range?.low, `${device}, ${model}`).toBeGreaterThan(0)
        expect(one.range?.mid).toBeGreaterThanOrEqual(one.range?.low ?? Infinity)
        expect(one.range?.high).toBeGreaterThanOrEqual(one.range?.mid ?? Infinity)
      }
  })

  test('what cannot be predicted says why', () => {
    expect(said({ device: 'Graphics Card of 2031' })).toMatchObject({
      range: null,
      why: 'the memory bandwidth of Graphics Card of 2031 is in no table',
    })
    expect(said({ model: 'A model' })).toMatchObject({ range: null, why: 'the size of A model is neither in a column nor in its name' })
    expect(said({ device: '' })).toMatchObject({ range: null, why: 'the row names no device' })
    expect(
      said({ device: 'Apple M2', backend: 'CUDA' }).range === null ? said({ device: 'Apple M2', backend: 'ROCm' }).why : '',
    ).not.toBeNull()
  })

  test('spellings of one device are one: same answer, left out together', () => {
    const [first, ...others] = ['RTX 3090', 'rtx-3090', 'NVIDIA GeForce RTX 3090', '3090 24GB', 'RTX3090'].map(device => said({ device }))
    for (const other of others) expect([other.deviceKey, other.mid]).toEqual([first?.deviceKey, first?.mid])
    expect(said({ device: 'DGX Spark' }).mid).toBe(said({ device: 'NVIDIA GB10' }).mid)
    expect(said({ device: 'RTX 3060 12GB' }).input?.machine.gpus[0]?.bandwidthGBps).toBe(360)
  })

  test('numbers of cards are read from the name and from the column', () => {
    expect(partsOf('2x RTX 3090', null)).toEqual([{ name: 'RTX 3090', count: 2 }])
    expect(partsOf('RTX 4090 x4', 1)).toEqual([{ name: 'RTX 4090', count: 4 }])
    expect(partsOf('L40S (2x)', null)).toEqual([{ name: 'L40S', count: 2 }])
    expect(partsOf('Dual RTX 5090', null)).toEqual([{ name: 'RTX 5090', count: 2 }])
    expect(partsOf('RTX 3090', 6)).toEqual([{ name: 'RTX 3090', count: 6 }])
    expect(partsOf('RTX 3090 + 2x RTX 3060', null)).toEqual([
      { name: 'RTX 3090', count: 1 },
      { name: 'RTX 3060', count: 2 },
    ])
    expect(partsOf('GTX 1080 Ti', null)).toEqual([{ name: 'GTX 1080 Ti', count: 1 }])
  })

  test('mixtures are told by name: their active share counts', () => {
    expect(said({ model: 'Mixtral 8x7B' }).stratum).toBe('moe')
    expect(said({ model: 'DeepSeek-V3' }).input?.model).toMatchObject({ parameters: 671e9, activeParameters: 37e9 })
    expect(said({ model: 'DeepSeek-R1-Distill-Qwen-14B' })).toMatchObject({ stratum: 'dense', input: { model: { parameters: 14e9 } } })
    expect(said({ model: 'Qwen3-30B-A3B' }).mid).toBeGreaterThan(2 * (said({ model: 'Qwen3-32B' }).mid ?? Infinity))
  })

  test('fewer bits are faster, and every usual name has its bits', () => {
    const [f32, bf16, fp8, nvfp4, bpw] = ['F32', 'BF16', 'FP8', 'NVFP4', 'EXL2 3.5bpw'].map(quant => said({ quant }).mid ?? 0)
    expect([f32, bf16, fp8, nvfp4, bpw]).toEqual([f32, bf16, fp8, nvfp4, bpw].sort((a, b) => (a ?? 0) - (b ?? 0)))
  })

  test('the order of the columns, a byte order mark, unit spellings and empty cells change nothing', () => {
    const cells = {
      ...usual,
      bandwidth_gb_s: '936 GB/s',
      mem_gb: '24 GB',
      params_b: '8.03B',
      weights_gib: '4.58 GiB',
      decode_tok_s: '111.7 tok/s',
    }
    const [plain] = rowsOf(
      csvOf([{ ...cells, bandwidth_gb_s: '936', mem_gb: '24', params_b: '8.03', weights_gib: '4.58', decode_tok_s: '111.7' }]),
    )
    expect(rowsOf(csvOf([cells]))).toEqual([plain])
    expect(rowsOf(`\uFEFF${csvOf([cells], [...columns].reverse())}`.replaceAll('\n', '\r\n'))).toEqual([plain])
    expect(['1,024', '1.8 TB/s', '350M', '50.1 ± 0.3', 'unknown', ''].map(numberOf)).toEqual([1024, 1800, 0.35, 50.1, null, null])
  })

  test('any text in any cell: no crash, and a number has a range around it', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...devices, ...models, ...quants), fc.integer({ min: -5, max: 1e6 }).map(String))
    const row = fc.record(Object.fromEntries(columns.map(name => [name, text])))
    fc.assert(
      fc.property(row, cells => {
        for (const each of rowsOf(csvOf([{ ...cells, decode_tok_s: '50' }]))) {
          const one = caseOf(each)
          const range = predict(one, shippedFactors)
          if (range === null) continue
          expect(Number.isFinite(range.low) && range.low <= range.mid && range.mid <= range.high).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})
