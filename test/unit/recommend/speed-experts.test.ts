import { describe, expect, test } from 'vitest'
import { readRows, foundFile, rowsOf } from '../../bench/predict/rows'
import { caseOf, predict } from '../../bench/predict/predict'
import { shippedFactors } from '../../../electron/core/recommend/speed-factors'
import { decodeRate, type DecodeInput } from '../../../electron/core/recommend/speed-model'

const header =
  'device,bandwidth_gb_s,mem_gb,n_gpu,model,params_b,active_params_b,quant,weights_gib,runtime,backend,ctx_depth,concurrency,decode_tok_s,notes'

function caseFrom(line: string) {
  const [row] = rowsOf(`${header}\n${line}`)
  if (!row) throw new Error('The row was not read')
  return caseOf(row)
}

function inputOf(line: string, changes: Partial<DecodeInput> = {}): DecodeInput {
  const { input } = caseFrom(line)
  if (!input) throw new Error('The row was not understood')
  return { ...input, speedFactor: 1, ...changes }
}

/** RTX 4070 Laptop with 64 GB; its bandwidth is the one that dense models of the same list agree with (ghost91-/llama-bench, July 2026). */
const laptop = ([model, gib, experts, measured]: readonly [string, number, number, number]) =>
  `RTX 4070 Laptop,256,8,1,${model},,,Q4_K_M,${gib},llama.cpp,CUDA,tg128,1,${measured},cpu-moe ${experts}; ram 89.6 GB/s`

describe('experts beside the GPU', () => {
  const runs: readonly (readonly [string, number, number, number])[] = [
    ['Qwen3.6-35B-A3B', 19.91, 40, 38.3],
    ['gemma-4-26B-A4B', 15.85, 30, 35.4],
    ['GLM-4.7-Flash', 17.05, 44, 35.6],
    ['Qwen3-Coder-Next', 45.19, 48, 33.2],
    ['Qwen3.5-122B-A10B', 69.83, 48, 15.1],
  ]
  test.each(runs.map(run => ({ run, name: run[0], measured: run[3] })))(
    '$name with its experts in main memory is said within 25 % of what was measured',
    ({ run, measured }) => {
      const said = predict(caseFrom(laptop(run)), shippedFactors)
      expect(Math.abs((said?.mid ?? 0) / measured - 1)).toBeLessThan(0.25)
    },
  )

  test('the part of each token that every token needs is read by the GPU, the routed part by the processor', () => {
    const { terms } = decodeRate(inputOf(laptop(['Qwen3.6-35B-A3B', 19.91, 40, 38.3])))
    const dense = decodeRate(inputOf('RTX 4070 Laptop,256,8,1,Qwen3.8-27B,,,Q4_K_M,15.6,llama.cpp,CUDA,tg128,1,4.7,ngl 24; ram 89.6 GB/s'))
    expect(terms?.gpuSeconds).toBeGreaterThan(0.2 * (terms?.seconds ?? 0))
    expect(dense.terms?.cpuSeconds).toBeGreaterThan(0.75 * (dense.terms?.seconds ?? 0))
  })
})

describe('what cannot be predicted says so', () => {
  const line = (device: string, bandwidth: string) =>
    `${device},${bandwidth},24,1,Llama 3.1 8B,8.03,,Q4_K_M,4.58,llama.cpp,CUDA,tg128,1,50,`

  test.each(['FooGPU 9000', '3dfx Voodoo 3', 'RTX 9999', 'Cerebras WSE-3', 'Apple M9 Ultra', 'GPU'])('%s is in no table', device => {
    const one = caseFrom(line(device, '').replace(',CUDA,', ',,'))
    expect(predict(one, shippedFactors)).toBeNull()
    expect(one.why).toMatch(/is in no table/)
  })

  test('a bandwidth that no device has gives no rate', () => {
    const { tokensPerSecond, why } = decodeRate(inputOf(line('RTX 4090', '1e9')))
    expect(tokensPerSecond).toBeNull()
    expect(why).toMatch(/no device has/)
  })

  test('a card older than any engine for CUDA gives no rate', () => {
    const { tokensPerSecond, why } = decodeRate(inputOf(line('GTX 480', '177')))
    expect(tokensPerSecond).toBeNull()
    expect(why).toMatch(/compute capability 2.* need 5\.0/)
  })

  test('a backend without factors is not taken for another one', () => {
    expect(predict(caseFrom(line('RTX 4090', '1008').replace(',CUDA,', ',opencl,')), shippedFactors)).toBeNull()
  })
})

test('runs found later are told with where, when and what, and each is predicted', () => {
  const found = readRows(foundFile)
  expect(found.length).toBeGreaterThan(100)
  for (const row of found) {
    expect(row.source).toMatch(/^https:\/\//)
    expect(row.notes).toMatch(/\b20\d\d\b|build \d+/)
    expect(predict(caseOf(row), shippedFactors), `${row.device} ${row.model}`).not.toBeNull()
  }
})
