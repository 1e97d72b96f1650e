import { describe, expect, test } from 'vitest'
import { holds, type Facts } from '../../../electron/core/recommend/conditions'
import { rules } from '../../../electron/core/recommend/rules'
import { compareScores, scoreEngine } from '../../../electron/core/recommend/score'
import { engineFacts, situationFacts, type Contender } from '../../../electron/core/recommend/situation'
import { planFacts } from '../../../electron/core/recommend/rank'
import { fill } from '../../../electron/core/recommend/texts'
import { wordsFor } from '../../../electron/core/recommend/words'
import { needSchema } from '../../../electron/contract/need'
import { runtimes } from '../../../electron/core/runtimes/registry'
import { gpuOf, machineOf } from './machines'
import { readJson } from './inputs'

const machine = machineOf({ gpus: [gpuOf({})] })
const need = needSchema.parse({ must: ['headless'], priorities: ['throughput'] })
const contenders = runtimes.flatMap<Contender>(runtime => {
  const verdict = runtime.judge(machine)
  return verdict.can ? [{ runtime, verdict }] : []
})

describe('conditions', () => {
  const facts: Facts = { 'need.users': 4, 'need.task': 'chat', list: ['a', 'chat'], empty: [], nothing: null }

  test.each([
    [{ fact: 'need.users', atLeast: 4 }, true],
    [{ fact: 'need.users', atLeast: 3, atMost: 3 }, false],
    [{ fact: 'need.task', is: 'chat' }, true],
    [{ fact: 'need.task', in: ['coding'] }, false],
    [{ fact: 'list', has: '$need.task' }, true],
    [{ fact: 'list', lacks: 'a' }, false],
    [{ fact: 'list', hasAny: ['x', 'a'] }, true],
    [{ fact: 'empty', some: true }, false],
    [{ fact: 'empty', some: false }, true],
    [{ fact: 'nothing', atMost: 10 }, false],
  ])('%j is %s', (condition, expected) => {
    expect(holds(condition, facts)).toBe(expected)
  })

  test('a fact that does not exist is a mistake in the rule', () => {
    expect(() => holds({ fact: 'need.wish', is: 1 }, facts)).toThrow('not a fact')
  })
})

describe('the rules of the app', () => {
  test('have ids of their own and ask only for facts that exist', () => {
    expect(new Set(rules.map(rule => rule.id)).size).toBe(rules.length)
    for (const contender of contenders) {
      const facts = {
        ...situationFacts(machine, need),
        ...engineFacts(contender, need, contenders),
        ...planFacts(null, { quality: 0, utility: 0 }),
      }
      for (const rule of rules) for (const condition of [...rule.when, ...rule.engine]) expect(() => holds(condition, facts)).not.toThrow()
    }
  })

  test('name no runtime, and ask only for traits that some runtime has', () => {
    const traits = new Set(runtimes.flatMap(runtime => runtime.facts.traits))
    const asked = rules.flatMap(rule =>
      [...rule.when, ...rule.engine].filter(each => each.fact.endsWith('.traits')).flatMap(each => each.has ?? each.lacks ?? []),
    )
    for (const trait of asked) expect(traits).toContain(trait)
    const texts = JSON.stringify(rules.map(({ because, against, warns, givesUp }) => [because, against, warns, givesUp]))
    for (const { title } of runtimes) if (title !== 'MLX') expect(texts).not.toContain(title)
  })

  test('fill their texts without a hole', () => {
    const [contender] = contenders
    if (!contender) throw new Error('No runtime can run')
    const words = wordsFor({ machine, need, contender, contenders, choice: null })
    const placeholders = [...JSON.stringify(rules).matchAll(/\{(\w+)(?::[\w-]+)?\}/g)].map(match => match[1] ?? '')
    const planWords = [
      'tensorParallel',
      'devices',
      'gpuLayers',
      'layers',
      'others',
      'share',
      'madeFor',
      'archived',
      'artifact',
      'loss',
      'slots',
    ].concat(['context', 'holders', 'model'])
    for (const name of new Set(placeholders)) if (!['rivals', 'cell', ...planWords].includes(name)) expect(words(name, null)).not.toBeNull()
  })

  test('an earlier level is never outweighed by later ones', () => {
    const [runtime] = runtimes
    if (!runtime) throw new Error('No runtime')
    const none = { must: 0, concurrency: 0, hardware: 0, task: 0, experience: 0, priority: 0 }
    const scored = (points: object) => ({ runtime, score: { points: { ...none, ...points }, fired: [], veto: null } })
    expect(compareScores(scored({ must: 1 }), scored({ concurrency: 99, hardware: 99, task: 99, priority: 99 }))).toBeLessThan(0)
    expect(compareScores(scored({ task: 1 }), scored({ experience: 99, priority: 99 }))).toBeLessThan(0)
  })

  test('a must-have that is not kept is a veto', () => {
    const facts = { ...situationFacts(machine, need), ...planFacts(null, { quality: 0, utility: 0 }) }
    for (const contender of contenders) {
      const { veto } = scoreEngine(contender.runtime, need, { ...facts, ...engineFacts(contender, need, contenders) })
      expect(veto !== null).toBe(
        contender.runtime.facts.fulfils.headless === undefined || contender.runtime.facts.traits.includes('attach-only'),
      )
    }
  })
})

describe('texts', () => {
  const words = (name: string) => (name === 'known' ? 'yes' : null)

  test('a part in brackets goes when its value is unknown', () => {
    expect(fill('Always[, {known}][, {unknown}].', words)).toBe('Always, yes.')
  })

  test('a hole outside brackets is a mistake', () => {
    expect(() => fill('{unknown}', words)).toThrow('No value')
  })
})

test('the eleven dimensions are those that adapters are judged on', () => {
  const { dimensions } = readJson('resources', 'knowledge', 'dimensions.json') as { dimensions: { id: string }[] }
  expect(dimensions).toHaveLength(11)
  const known = new Set(dimensions.map(each => each.id))
  for (const runtime of runtimes) for (const dimension of Object.keys(runtime.facts.matrix)) expect(known).toContain(dimension)
})
