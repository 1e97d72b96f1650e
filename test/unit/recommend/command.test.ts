import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../electron/contract/machine'
import { unwrapCommand } from '../../../electron/core/exchange/unwrap-command'
import { recommend } from '../../../electron/core/recommend/recommend'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const commandOf = (machine: Machine, runtime: string, need: object = {}) =>
  recommend(inputFor(machine, need)).decisions.find(each => each.runtime === runtime)?.command ?? []

const windows = machineOf({ os: { platform: 'win32', libc: null }, gpus: [gpuOf({ driver: '591.44' })] })

describe('a command is one for the system it is shown on', () => {
  test('what has no Windows build starts inside WSL2', () => {
    const command = commandOf(windows, 'vllm', { users: 8, task: 'rag-api' })
    expect(command.slice(0, 4)).toEqual(['wsl', '--', 'vllm', 'serve'])
    expect(unwrapCommand(command).candidates[0]?.[0]).toBe('vllm')
  })

  test('Windows has no env: variables are set by its command interpreter', () => {
    const command = commandOf(windows, 'ollama')
    expect(command.slice(0, 2)).toEqual(['cmd', '/c'])
    expect(command[2]).toMatch(/^set OLLAMA_HOST=127\.0\.0\.1:8080&& set .*&& ollama serve$/)
    expect(commandOf(machineOf({ gpus: [gpuOf({})] }), 'ollama')[0]).toBe('env')
  })

  test('shares by card go by the order of the driver where cards differ', () => {
    const cards = [
      gpuOf({ id: 'gpu0', name: 'Quadro RTX 3000', vramMiB: 6144, vramFreeMiB: 6000, bandwidthGBps: 448 }),
      gpuOf({ id: 'gpu1', name: 'NVIDIA GeForce RTX 3090', bandwidthGBps: 936 }),
      gpuOf({ id: 'gpu2', name: 'NVIDIA GeForce RTX 3090', bandwidthGBps: 936 }),
    ]
    const need = { model: 'Qwen/Qwen3.8-27B:Q8_0', must: ['layer-split'] }
    const command = commandOf(machineOf({ gpus: cards }), 'llama.cpp', need)
    expect(command.slice(0, 3)).toEqual(['env', 'CUDA_DEVICE_ORDER=PCI_BUS_ID', 'llama-server'])
    expect(command[command.indexOf('-ts') + 1]).toMatch(/^0,/)
    expect(commandOf(machineOf({ gpus: cards.slice(1) }), 'llama.cpp', need)[0]).toBe('llama-server')
  })

  test('an Ascend NPU is named to an engine that has to be told', () => {
    const npu = gpuOf({ vendor: 'huawei', name: 'Ascend 910B4', vramMiB: 32_768, vramFreeMiB: 30_000, driver: null, cudaVersion: null })
    const command = commandOf(machineOf({ os: { arch: 'arm64' }, gpus: [npu] }), 'lmdeploy', { users: 8, task: 'rag-api' })
    expect(command.join(' ')).toContain('--backend pytorch --device ascend')
  })

  test('who has to have speculative decoding gets it in the command', () => {
    const machine = machineOf({ gpus: [gpuOf({})] })
    expect(commandOf(machine, 'llama.cpp', { task: 'coding', must: ['speculative'] }).join(' ')).toContain('--spec-type draft-simple')
    expect(commandOf(machine, 'llama.cpp', { task: 'coding' }).join(' ')).not.toContain('--spec-type')
  })
})

describe('a driver that is too old', () => {
  const old = machineOf({ gpus: [gpuOf({ driver: '470.256.02', cudaVersion: '11.4' })] })

  test('rejects what has nothing but CUDA, and says what would change it', () => {
    const { decisions, rejected } = recommend(inputFor(old, { users: 8, task: 'rag-api' }))
    const servers = ['vllm', 'sglang', 'lmdeploy', 'tensorrt-llm']
    expect(decisions.filter(each => servers.includes(each.runtime))).toEqual([])
    for (const server of servers) expect(rejected.find(each => each.runtime === server)?.why).toMatch(/driver 470 is too old/)
    expect(decisions[0]?.warnings.join(' ')).toMatch(/driver 470 .* update it to 525/)
    expect(decisions[0]?.buildTitle).toMatch(/Vulkan/)
  })

  test('is judged by its own version, not by a toolkit that lies in the way', () => {
    const odd = machineOf({ gpus: [gpuOf({ driver: '536.99', cudaVersion: '11.8' })] })
    expect(recommend(inputFor(odd, {})).decisions.find(each => each.runtime === 'llama.cpp')?.buildTitle).toMatch(/CUDA 12/)
  })
})

describe('what is not known is not made up', () => {
  test('no first token for a processor of which nothing is known, and the reason', () => {
    const dark = machineOf({ cpu: { isa: [], physicalCores: null, logicalCores: null, performanceCores: null }, gpus: [] })
    const [first] = recommend(inputFor(dark, {})).decisions
    expect(first?.speed.ttftMs).toBeNull()
    expect(first?.speed.workings.join(' ')).toContain('The first token is not predicted: the processor is not known.')
  })

  test('a model that does not fit: the card and the main memory are both named, a guess as one', () => {
    const machine = machineOf({ memory: { totalMiB: null, availableMiB: null }, gpus: [gpuOf({})] })
    const { decisions, notes } = recommend(inputFor(machine, { model: 'meta-llama/Llama-3.3-70B-Instruct' }))
    expect(decisions).toEqual([])
    expect(notes[0]).toMatch(/has 24 GB; how much main memory there is could not be read, and 4 GB is assumed/)
  })
})
