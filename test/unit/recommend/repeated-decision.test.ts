import { describe, expect, test } from 'vitest'
import { needSchema } from '../../../electron/contract/need'
import { createRepeatedDecision } from '../../../electron/core/recommend/repeated-decision'
import { ratesFor } from '../../../electron/core/recommend/rates'
import { firstDecision } from '../../../electron/core/recommend/simulate'
import { optionsOf } from '../../../electron/core/recommend/options'
import { place } from '../../../electron/core/recommend/placement'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { whatIf } from '../../../electron/core/what-if'
import { shoppingFor, shoppingInTurns } from '../../../electron/core/shopping'
import { inputFor } from './inputs'
import { gpuOf, machineOf } from './machines'

const card = machineOf({ gpus: [gpuOf({ name: 'GeForce RTX 3090', vramMiB: 24_576, vramFreeMiB: 24_000 })] })

describe('a decision that is asked for again', () => {
  test('is the very one of before, also where the question was put together anew; and is what it would be', () => {
    const repeated = createRepeatedDecision()
    const first = repeated({ input: inputFor(card, { task: 'coding', users: 4 }) })
    expect(first).toEqual(firstDecision({ input: inputFor(card, { task: 'coding', users: 4 }) }))
    expect(repeated({ input: inputFor(card, { users: 4, task: 'coding' }), artifact: null })).toBe(first)
  })

  test('is decided anew where anything differs: need, machine, what was measured, what is in reach, a quantisation', () => {
    const repeated = createRepeatedDecision()
    const input = inputFor(card, { task: 'chat' })
    const first = repeated({ input })
    const measured = { runtime: 'llama.cpp', build: 'b', model: 'm', artifact: 'a', tokensPerSecond: 9, ttftMs: null, at: '' }
    for (const other of [
      { input: inputFor(card, { task: 'chat', users: 2 }) },
      { input: inputFor({ ...card, memory: { ...card.memory, totalMiB: 8192, availableMiB: 6000 } }, { task: 'chat' }) },
      { input: { ...input, measurements: [measured] } },
      { input: { ...input, reachable: { hub: false, pypi: null } } },
      { input, artifact: 'Q8_0' },
    ]) {
      const again = repeated(other)
      expect(again).not.toBe(first)
      expect(again).toEqual(firstDecision(other))
    }
    expect(repeated({ input })).toBe(first)
  })

  test('gives sliders the same answers as deciding each time', () => {
    const repeated = createRepeatedDecision()
    for (const users of [1, 3, 20, 3])
      for (const machine of [undefined, { gpu: 'GeForce RTX 5090' }, { count: 2 }]) {
        const need = needSchema.parse({ task: 'agents' })
        const question = { need, change: { users }, ...(machine && { machine }) }
        const known = inputFor(card, need)
        expect(whatIf(known, question, repeated)).toEqual(whatIf(known, question))
      }
  })
})

test('the shopping list in turns is the same list, and lets others go first before each step', async () => {
  const need = needSchema.parse({ task: 'coding' })
  let pauses = 0
  const list = await shoppingInTurns(inputFor(card, need), need, () => Promise.resolve((pauses += 1)))
  expect(list).toEqual(shoppingFor(inputFor(card, need), need))
  expect(pauses).toBeGreaterThan(list.steps.length)
})

describe('rates', () => {
  const need = needSchema.parse({ users: 20, task: 'chat' })
  const { options } = optionsOf(inputFor(card, need))
  const cards = machineOf({ gpus: [0, 1].map(index => gpuOf({ id: `gpu${index}`, vramMiB: 24_576, vramFreeMiB: 24_000 })) })

  test('of each are never above the bound that spares reckoning them, on any engine, model and machine', () => {
    let seen = 0
    for (const machine of [machineOf(), card, cards])
      for (const runtime of runtimes)
        for (const option of options.filter(each => runtime.facts.formats.includes(each.format))) {
          const backend = machine.gpus.length > 0 ? 'cuda' : 'cpu'
          const rated = { machine, need, runtime, backend, calibration: null }
          const placed = {
            machine,
            model: option.size,
            contextTokens: 8192,
            backend,
            engine: runtime.facts.memory,
            kvQuantisation: 'f16' as const,
          }
          for (const slots of [1, 4, 20]) {
            const placement = place({ ...placed, slots })
            const rates = ratesFor(rated)({ model: option.size, placement, slots, contextTokens: 8192, flashAttention: true })
            expect(rates.each(), `${runtime.id} ${option.model} ${option.artifact}`).toBeLessThanOrEqual(rates.mostEach() * 1.000001)
            seen += 1
          }
        }
    expect(seen).toBeGreaterThan(1000)
  })

  test('that are remembered are those of the place, not of another one', () => {
    const option = options.find(({ model, artifact }) => model === 'Qwen/Qwen3-8B' && artifact === 'Q4_K_M')
    const [runtime] = runtimes
    if (!option || !runtime) throw new Error('not in the catalogue')
    const rates = ratesFor({ machine: card, need, runtime, backend: 'cuda', calibration: null })
    const of = (gpuLayers: number) => {
      const input = {
        machine: card,
        model: option.size,
        slots: 1,
        backend: 'cuda',
        engine: runtime.facts.memory,
        kvQuantisation: 'f16' as const,
      }
      const placement = place({ ...input, contextTokens: 4096, gpuLayers })
      return rates({ model: option.size, placement, slots: 1, contextTokens: 4096, flashAttention: true }).alone()
    }
    const [none, half, all] = [of(0), of(18), of(36)]
    expect(none).toBeLessThan(half)
    expect(half).toBeLessThan(all)
    expect([of(0), of(18), of(36)]).toEqual([none, half, all])
  })
})
