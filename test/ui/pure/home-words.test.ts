import { expect, test } from 'vitest'
import { capacityGb } from '../../../electron/core/recommend/texts'
import { guessOf, idleCards, limitOf } from '../../../renderer/features/home/memory-known'
import { alikeGpus, cpuFacts, gpuFacts, originWords, systemTitle } from '../../../renderer/features/home/machine-facts'
import { cardGroups } from '../../../renderer/features/home/what-if-cards'
import { whyNotOthers } from '../../../renderer/features/home/why-not'
import { capacity } from '../../../renderer/ui/format'
import { makeDecision, recommendation } from '../fixture-decision'
import { gpu, machine } from '../fixture-machine'

const none = { must: 0, concurrency: 0, hardware: 0, task: 0, experience: 0, priority: 0 }
const evidence = [{ kind: 'rule' as const, text: 'upkeep decides', source: null }]

test('why not the others: what each would run with, and no sentence that another one on the page contradicts', () => {
  const shown = makeDecision({
    points: { ...none, concurrency: 1 },
    reasons: [{ rule: 'tie-repeatable', text: 'The next best is as good for this and as little work.', evidence }],
  })
  const next = makeDecision({ rank: 2, runtime: 'b', runtimeTitle: 'B', points: shown.points, givesUp: ['It is closed source.'] })
  const level = makeDecision({ ...next, rank: 3, runtime: 'c', runtimeTitle: 'C' })
  const behind = makeDecision({ ...next, rank: 4, runtime: 'd', runtimeTitle: 'D', points: none, givesUp: [] })
  const said = whyNotOthers({ ...recommendation, decisions: [shown, next, level, behind], rejected: [] }, shown)
  expect(said.map(each => each.why)).toEqual([
    'It could run with Qwen3-8B Q8_0 (about 390 tok/s together) and is as good by the rules; its answers are harder to repeat. It is closed source.',
    'It could run with Qwen3-8B Q8_0 (about 390 tok/s together) and is as good by the rules, where upkeep and then repeatability decide. It is closed source.',
    'It could run with Qwen3-8B Q8_0 (about 390 tok/s together), but the rules on how many ask at once put it behind.',
  ])
})

test('a GPU that shares the memory is not given a memory of its own', () => {
  const shared = { ...gpu, memoryKind: 'unified' as const, vramMiB: 5461 }
  const memory = { ...machine.memory, totalMiB: 8192 }
  const textOf = (vramMiB: number) => gpuFacts({ ...machine, memory }, { ...shared, vramMiB })[0]?.text
  expect(textOf(5461)).toBe('up to 5.3 GB of the memory')
  expect(textOf(8192)).toBe('all of the 8 GB')
  expect(gpuFacts(machine, gpu)[0]?.text).toBe('24 GB')
  expect(alikeGpus({ ...machine, gpus: [gpu, gpu, gpu] })).toHaveLength(1)
})

test('systems are called by their names, and nothing is asked of a processor that nobody named', () => {
  expect(systemTitle({ os: { ...machine.os, name: null, platform: 'darwin' } })).toBe('macOS')
  expect(systemTitle({ os: { ...machine.os, name: null, platform: 'win32' } })).toBe('Windows')
  expect(systemTitle(machine)).toBe('Ubuntu 24.04')
  const unnamed = cpuFacts({ ...machine, cpu: { ...machine.cpu, model: null, isa: [] } })
  expect(unnamed.map(each => each.path)).not.toContain('cpu.isa')
  expect(cpuFacts({ ...machine, cpu: { ...machine.cpu, isa: [] } }).map(each => each.path)).toContain('cpu.isa')
})

test('an origin says its table in words and how sure it is', () => {
  expect(originWords({ kind: 'table', from: 'resources/knowledge/gpus.json', confidence: 'likely' })).toBe(
    'From the table of GPUs (data sheets, by way of TechPowerUp and Apple) - likely right.',
  )
  expect(originWords({ kind: 'probe', from: 'nvidia-smi', confidence: 'sure' })).toBe('Read by nvidia-smi.')
  expect(originWords({ kind: 'derived', from: 'the name', confidence: 'guess' })).toBe('Reckoned from the name - a guess.')
})

test('cards by maker, the largest first, those of laptops apart', () => {
  const card = (name: string, vendor: string, vramGiB: number) => ({ name, vendor, vramGiB, bandwidthGBps: 500 })
  const groups = cardGroups([
    card('Radeon RX 6800M', 'amd', 12),
    card('GeForce RTX 4060', 'nvidia', 8),
    card('GeForce RTX 4090', 'nvidia', 24),
    card('GeForce RTX 4090 Mobile', 'nvidia', 16),
    card('Arc B580', 'intel', 12),
  ])
  expect(groups.map(each => [each.name, each.cards.map(one => one.name)])).toEqual([
    ['NVIDIA', ['GeForce RTX 4090', 'GeForce RTX 4060']],
    ['Intel', ['Arc B580']],
    ['In laptops only', ['GeForce RTX 4090 Mobile', 'Radeon RX 6800M']],
  ])
})

test('what a Mac keeps from its GPU is not called other apps; cards that a plan leaves alone are named', () => {
  const shared = {
    ...machine,
    gpus: [{ ...gpu, memoryKind: 'unified' as const, vramMiB: 5461 }],
    memory: { ...machine.memory, totalMiB: 8192 },
  }
  expect(limitOf(shared, { id: 'gpu0', totalMiB: 8192, othersMiB: 2731 })).toBe(5461)
  expect(limitOf(shared, { id: 'gpu0', totalMiB: 8192, othersMiB: 4000 })).toBeNull()
  expect(limitOf(machine, { id: 'gpu0', totalMiB: 24_564, othersMiB: 2164 })).toBeNull()
  const three = { ...machine, gpus: [gpu, { ...gpu, id: 'gpu1' }, { ...gpu, id: 'gpu2' }] }
  expect(idleCards(three, [{ id: 'gpu0' }])).toBe('Not used by this: 2 × RTX 4090.')
  expect(idleCards(three, [{ id: 'ram' }])).toBeNull()
  expect(idleCards(machine, [{ id: 'gpu0' }])).toBeNull()
  expect(guessOf(machine, { id: 'gpu0' })).toEqual({ total: false, others: false })
  expect(guessOf({ ...machine, gpus: [{ ...gpu, vramFreeMiB: null }] }, { id: 'gpu0' })).toEqual({ total: false, others: true })
})

test('a sentence and the panel beside it write one capacity alike', () => {
  for (let mib = 3900; mib < 600_000; mib += 137) expect(capacityGb(mib)).toBe(capacity(mib))
  expect(capacityGb(24_564)).toBe('24 GB')
  expect(capacityGb(62_500)).toBe('64 GB')
  expect(capacityGb(8192)).toBe('8 GB')
})
