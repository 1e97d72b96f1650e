import { describe, expect, test } from 'vitest'
import type { Decision } from '../../../electron/contract/decision'
import type { Machine } from '../../../electron/contract/machine'
import { optionsOf } from '../../../electron/core/recommend/options'
import { qualityFor } from '../../../electron/core/recommend/quality'
import { quantisationRuns } from '../../../electron/core/recommend/quantisation-fit'
import { recommend } from '../../../electron/core/recommend/recommend'
import { catalogue, inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const withVram = (gib: number, capability = '8.9') =>
  machineOf({ gpus: [gpuOf({ vramMiB: gib * 1024, vramFreeMiB: gib * 1024 - 300, computeCapability: capability })] })
const first = (machine: Machine, need: object): Decision | undefined => recommend(inputFor(machine, need)).decisions[0]
const entry = (id: string) => {
  const found = catalogue.find(each => each.id === id)
  if (!found) throw new Error(`${id} is not in the catalogue`)
  return found
}

describe('the model', () => {
  test('is judged by published scores of the task, each with its source and date', () => {
    const coder = entry('Qwen/Qwen3.8-27B')
    expect(qualityFor(coder, 'coding')).toBeGreaterThan(qualityFor(coder, 'chat'))
    const scored = catalogue.filter(each => each.scores)
    expect(scored.length).toBeGreaterThanOrEqual(20)
    for (const { scores = [] } of scored)
      for (const score of scores) {
        expect(score.source).toMatch(/^https:\/\//)
        expect(score.date).toMatch(/^\d{4}-\d{2}$/)
        expect(score.score !== undefined || (score.rank !== undefined && score.of !== undefined)).toBe(true)
      }
    const decision = first(withVram(24), { task: 'coding' })
    expect(decision?.quality?.evidence.some(each => each.kind === 'published')).toBe(true)
  })

  test('has the largest quantisation that leaves room for context and users', () => {
    const named = { model: 'Qwen/Qwen3.5-9B', must: ['exact-quant', 'kv-quant'] }
    const bits = [8, 12, 24].map(gib => {
      const decision = first(withVram(gib), named)
      return entry('Qwen/Qwen3.5-9B').artifacts.find(each => each.id === decision?.artifact)?.bitsPerWeight ?? 0
    })
    expect([...bits].sort((a, b) => a - b)).toEqual(bits)
    expect(bits[0]).toBeLessThan(bits[2] ?? 0)
    const crowded = first(withVram(12), { ...named, users: 4, contextTokens: 32_768 })
    expect(crowded?.memory.fits).toBe(true)
    expect(crowded?.contextTokens).toBe(32_768)
  })

  test('speaks the language and has the abilities that were asked for', () => {
    const abilities = (decision: Decision | undefined) => catalogue.find(each => each.id === decision?.model)?.abilities
    expect(abilities(first(withVram(12), { abilities: ['vision', 'tools'] }))).toEqual(expect.arrayContaining(['vision', 'tools']))
    const qualities = (language: string) =>
      optionsOf(inputFor(withVram(12), { language })).options.find(each => each.model === 'meta-llama/Llama-3.1-8B-Instruct')?.quality ?? 0
    expect(qualities('ja')).toBeLessThan(qualities('de'))
    expect(recommend(inputFor(withVram(8), { abilities: ['vision'], model: 'phi-4' })).decisions).toEqual([])
  })

  test('comes only in a quantisation that the card computes with', () => {
    const options = optionsOf(inputFor(withVram(80), {})).options
    const runs = (id: string, machine: Machine, backend: string) =>
      options.filter(each => each.artifact === id && each.format === 'safetensors').every(each => quantisationRuns(each, backend, machine))
    expect(runs('FP8', withVram(16, '7.5'), 'cuda')).toBe(true)
    expect(runs('FP8', withVram(16, '7.0'), 'cuda')).toBe(false)
    expect(runs('MXFP4-safetensors', withVram(16, '7.5'), 'cuda')).toBe(false)
    const amd = (rocmTarget: string) => machineOf({ gpus: [gpuOf({ vendor: 'amd', rocmTarget, computeCapability: null })] })
    expect(runs('FP8', amd('gfx942'), 'rocm')).toBe(true)
    expect(runs('FP8', amd('gfx1100'), 'rocm')).toBe(false)
    expect(runs('AWQ', amd('gfx942'), 'rocm')).toBe(false)
    expect(runs('BF16', amd('gfx1100'), 'rocm')).toBe(true)
  })
})

describe('a draft model', () => {
  const large = { model: 'meta-llama/Llama-3.3-70B-Instruct', must: ['exact-quant', 'layer-split'] }

  test('is offered where it pays, with the flag that makes it work', () => {
    const draft = first(withVram(80), large)?.draft
    expect(draft).toMatchObject({ model: 'meta-llama/Llama-3.2-1B-Instruct' })
    expect(draft?.command.join(' ')).toContain('--spec-type draft-simple --spec-draft-n-max 3')
    expect(draft?.gain).toBeGreaterThan(1.15)
    expect(draft?.gain).toBeLessThan(1.6)
    expect(draft?.evidence[0]?.source).toMatch(/^https/)
  })

  test.each([
    ['several users', { users: 4, must: ['exact-quant'] }, withVram(80)],
    ['a mixture of experts', { model: 'gpt-oss-120b', must: ['exact-quant'] }, withVram(80)],
    ['a small model', { model: 'Qwen/Qwen3-0.6B', must: ['exact-quant'] }, withVram(80)],
    ['layers on the CPU', large, machineOf({ memory: { totalMiB: 131_072, availableMiB: 120_000 }, gpus: [gpuOf({})] })],
    ['no room', large, withVram(44)],
  ])('is not offered for %s', (_why, need, machine) => {
    expect(first(machine, need)?.draft ?? null).toBeNull()
  })
})
