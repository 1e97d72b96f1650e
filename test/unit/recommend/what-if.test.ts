import { describe, expect, test } from 'vitest'
import { needSchema, type Need } from '../../../electron/contract/need'
import type { Machine } from '../../../electron/contract/machine'
import { recommend } from '../../../electron/core/recommend/recommend'
import { shoppingFor } from '../../../electron/core/shopping'
import { editMachine, whatIf } from '../../../electron/core/what-if'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const card = machineOf({
  gpus: [gpuOf({ name: 'GeForce RTX 3060 12 GB', vramMiB: 12_288, vramFreeMiB: 11_900, bandwidthGBps: 360, fp16Tflops: 12.7 })],
})
const mac = machineOf({
  os: { platform: 'darwin', arch: 'arm64', version: '15.5' },
  memory: { totalMiB: 16_384, availableMiB: 12_000, bandwidthGBps: 100 },
  gpus: [
    gpuOf({
      vendor: 'apple',
      name: 'Apple M2',
      memoryKind: 'unified',
      integrated: true,
      vramMiB: null,
      vramFreeMiB: null,
      bandwidthGBps: 100,
    }),
  ],
})
const need = needSchema.parse({ task: 'coding' })
const known = (machine: Machine, wanted: Need = need) => inputFor(machine, wanted)

describe('what if', () => {
  test('another card: the better model, its place and speed are named with their evidence', () => {
    const { before, after, trace } = whatIf(known(card), { need, machine: { gpu: 'GeForce RTX 5090' } })
    expect(after?.qualityPoints).toBeGreaterThan(before?.qualityPoints ?? 100)
    expect(trace.map(each => each.what)).toContain('model')
    for (const each of trace) expect(each.evidence.length, each.text).toBeGreaterThan(0)
  })

  test('more users: another engine, for the reason that it batches', () => {
    const { after, trace } = whatIf(known(card), { need, change: { users: 12, task: 'rag-api' } })
    expect(after?.runtime).not.toBe(recommend(known(card)).decisions[0]?.runtime)
    expect(trace[0]?.what).toBe('engine')
    expect(trace[0]?.text).toMatch(/12 users at once/)
  })

  test('a longer context and one quantisation', () => {
    const long = whatIf(known(card), { need, change: { contextTokens: 65_536 } })
    expect(long.after?.contextTokens).toBe(65_536)
    const exact = whatIf(known(card), { need, artifact: 'Q8_0' })
    expect(exact.after?.artifact).toBe('Q8_0')
    expect(whatIf(known(card), { need, artifact: 'no-such' }).after).toBeNull()
  })

  test('the same again: it says that nothing changes', () => {
    expect(whatIf(known(card), { need, change: {} }).trace).toMatchObject([{ what: 'nothing' }])
  })

  test('edits keep the rest of the machine, and a card of the table brings its own figures', () => {
    const edited = editMachine(card, { gpu: 'GeForce RTX 5090', count: 2, memoryGiB: 128 })
    expect(edited.gpus.map(gpu => [gpu.id, gpu.vramMiB, gpu.computeCapability])).toEqual([
      ['gpu0', 32_768, '12.0'],
      ['gpu1', 32_768, '12.0'],
    ])
    expect(edited.memory.totalMiB).toBe(131_072)
    expect(edited.os).toEqual(card.os)
    expect(editMachine(card, { count: 2 }).gpus.map(gpu => gpu.name)).toEqual([card.gpus[0]?.name, card.gpus[0]?.name])
    expect(editMachine(card, { gpu: 'none' }).gpus).toEqual([])
    expect(() => editMachine(card, { gpu: 'GeForce 256' })).toThrow(/GPU table/)
    expect(() => whatIf(known(mac), { need, machine: { gpu: 'GeForce RTX 5090' } })).toThrow(/Mac/)
  })

  test('shopping: each step gains something, a Mac gets memory and no cards', () => {
    const steps = shoppingFor(known(card), need).steps
    expect(steps.map(each => each.title)).toContain('GeForce RTX 3090, 24 GB')
    for (const each of steps) expect(each.gain).toMatch(/points better|times as fast/)
    const apple = shoppingFor(known(mac), need)
    const before = mac.gpus[0]?.vramMiB ?? 0
    const larger = whatIf(known(mac), { need, machine: { memoryGiB: 128 } }).after
    expect(larger?.totalMiB).toBe(131_072)
    // The part that macOS lets the GPU take grows with the memory.
    expect(
      editMachine({ ...mac, gpus: mac.gpus.map(gpu => ({ ...gpu, vramMiB: before > 0 ? before : 5461 })) }, { memoryGiB: 128 }).gpus[0]
        ?.vramMiB,
    ).toBeNull()
    expect(apple.cards).toEqual([])
    expect(apple.steps.length).toBeGreaterThan(0)
    for (const each of apple.steps) expect(each.title).toMatch(/another Mac/)
  })

  test('shopping: figures of cards have their page, no price is made up, and what cannot take a card says so', () => {
    const { steps, cards, notes } = shoppingFor(known(card), need)
    for (const each of steps.filter(step => step.machine.gpu !== undefined)) expect(each.source).toMatch(/^https:/)
    expect(cards.map(each => each.name)).not.toContain('GB10')
    expect(notes?.join(' ')).toMatch(/No prices/)
    expect(JSON.stringify({ steps, notes })).not.toMatch(/[$€£]|\bUSD\b/)
    const laptop = { ...card, gpus: card.gpus.map(gpu => ({ ...gpu, name: 'NVIDIA GeForce RTX 4070 Laptop GPU' })) }
    expect(shoppingFor(known(laptop), need).notes?.join(' ')).toMatch(/This is a laptop/)
    const soldered = { ...card, memory: { ...card.memory, totalMiB: 16_384, type: 'LPDDR5' } }
    for (const each of shoppingFor(known(soldered), need).steps.filter(step => step.machine.memoryGiB !== undefined))
      expect(each.title).toMatch(/soldered/)
  })

  test('follows a slider: an answer takes no longer than one full recommendation, in 95 of 100 cases', () => {
    const timed = (work: () => unknown) => {
      const start = performance.now()
      work()
      return performance.now() - start
    }
    const contexts = [4096, 8192, 16_384, 32_768]
    const ask = (index: number) => () =>
      whatIf(known(card), {
        need,
        change: { users: 1 + (index % 8), contextTokens: contexts[index % 4] ?? null },
        machine: { gpu: 'GeForce RTX 3090' },
      })
    for (let index = 0; index < 8; index++) ask(index)()
    const answers = Array.from({ length: 40 }, (_, index) => timed(ask(index))).sort((a, b) => a - b)
    const whole = Array.from({ length: 10 }, () => timed(() => recommend(known(card)))).sort((a, b) => a - b)
    const ratio = (answers[37] ?? 0) / (whole[5] ?? 1)
    expect(ratio).toBeLessThan(2)
  })
})

describe('weights of the matrix', () => {
  test('put first what they favour, where the rules before leave engines level', () => {
    const order = (weights: object) =>
      recommend(known(card, needSchema.parse({ task: 'chat', weights }))).decisions.map(each => each.runtime)
    expect(order({ maintenance: 3 })[0]).toBe('ollama')
    expect(order({ edge: 3, reproducibility: 1, observability: 1 })[0]).toBe('llama.cpp')
    expect(
      recommend(known(card, needSchema.parse({ task: 'chat', weights: { edge: 2 } }))).decisions[0]?.reasons.map(each => each.rule),
    ).toContain('your-weights')
  })

  test('never outweigh what comes before them', () => {
    const crowd = needSchema.parse({ users: 20, task: 'rag-api', weights: { maintenance: 3 } })
    const [first] = recommend(inputFor(machineOf({ gpus: [gpuOf({})] }), crowd)).decisions
    expect(first?.runtime).toBe('vllm')
  })
})
