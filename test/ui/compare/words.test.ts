import { describe, expect, test } from 'vitest'
import type { RuntimeSummary } from '../../../electron/contract/runtime'
import { fairnessOf } from '../../../renderer/features/compare/fairness'
import { helpersFor } from '../../../renderer/features/compare/helpers'
import { adviseOrder, paneNumbers } from '../../../renderer/features/compare/order'
import { asking, columnsFor, firstPanes, layoutFor, newPane, resized } from '../../../renderer/features/compare/panes'
import { settledStarts } from '../../../renderer/features/compare/starts.store'
import { figuresOf } from '../../../renderer/features/compare/stats-words'
import { targetsOf } from '../../../renderer/features/compare/targets'
import { gateway } from '../fixture-machine'
import { makeInstance, makeJob } from '../fixture-run'
import { makeGeneration, makeTarget, makeTurn, noStats } from './fixture-comparison'

const one = makeTarget({ id: 'a', route: 'model-a', model: 'a' })
const two = makeTarget({ id: 'b', route: 'model-b', model: 'b', runtime: 'ollama', buildTitle: 'Ollama 0.14', modelTitle: 'Model B' })
const cpu = makeTarget({ id: 'c', route: 'model-c', model: 'a', buildTitle: 'Built-in' }, ['CPU'])
const targets = [one, two, cpu]
const panes = [newPane('model-a'), newPane('model-b'), newPane('model-c')]

describe('order', () => {
  test('panes on one device are asked one after another, with the reason', () => {
    expect(adviseOrder(panes, targets)).toEqual({ mode: 'one-after-another', reason: 'panes 1 and 2 share the RTX 4090' })
    expect(adviseOrder([newPane('model-a'), newPane('model-c')], targets)).toEqual({
      mode: 'at-once',
      reason: 'no two panes share a device',
    })
    expect(adviseOrder([newPane('model-a'), newPane(null)], targets)).toEqual({ mode: 'at-once', reason: '' })
    expect(adviseOrder([newPane('gone'), newPane('gone')], targets).mode).toBe('at-once')
  })

  test('numbers of panes are said as people say them', () => {
    expect([[2], [1, 2], [1, 2, 3], [1, 3, 4], []].map(paneNumbers)).toEqual([
      'pane 2',
      'panes 1 and 2',
      'panes 1–3',
      'panes 1, 3 and 4',
      '',
    ])
  })
})

describe('fairness', () => {
  const generations = panes.map((pane, index) =>
    makeGeneration({
      id: `g${index}`,
      paneId: pane.id,
      instanceId: ['a', 'b', 'c'][index] ?? null,
      stats: { ...noStats, promptTokens: 46 },
    }),
  )
  const facts = (over: Partial<Parameters<typeof fairnessOf>[0]> = {}) =>
    fairnessOf({ turn: makeTurn({ generations }), earlierTurns: 0, panes, targets, parametersOf: () => null, ...over }).map(
      ({ tone, text }) => `${tone}: ${text}`,
    )

  test('says what was the same and what was not', () => {
    expect(facts()).toEqual([
      'ok: same prompt, 46 tokens',
      'ok: same parameters',
      'ok: all warm',
      'warn: panes 1 and 2 shared the RTX 4090',
    ])
    expect(facts({ turn: makeTurn({ generations, mode: 'one-after-another' }) })).toContain('ok: alone on the device')
    expect(facts({ parametersOf: model => (model === 'a' ? 1e9 : 8e9) })).toContain('warn: panes 1 and 3 are smaller models')
  })

  test('other parameters, other token counts, engine tests and cold starts are told', () => {
    const other = panes.with(1, { ...(panes[1] ?? newPane(null)), sampling: { ...newPane(null).sampling, temperature: 0 } })
    expect(facts({ panes: other })).toContain('warn: pane 2 has other parameters than pane 1')
    const counts = generations.with(0, makeGeneration({ ...generations[0], stats: { ...noStats, promptTokens: 51 } }))
    expect(facts({ turn: makeTurn({ generations: counts }) })[0]).toBe('ok: same prompt, 46 to 51 tokens by template and tokeniser')
    const test = makeTarget({ id: 'c', route: 'model-c', engineTest: true, proof: null }, ['CPU'])
    expect(facts({ targets: [one, two, test] })).toEqual(
      expect.arrayContaining([
        'warn: pane 3 is an engine test: the speed is not that of a model',
        'warn: pane 3 not warm: nothing was measured before',
      ]),
    )
  })

  test('one answer alone is compared with nothing', () => {
    expect(facts({ panes: panes.slice(0, 1) })).toEqual([])
  })
})

describe('panes', () => {
  test('grids are as square as they can be', () => {
    expect([1, 2, 3, 4, 6, 8].map(columnsFor)).toEqual([1, 2, 3, 2, 3, 4])
    expect([1, 5, 7, 9].map(layoutFor)).toEqual([1, 6, 8, 8])
  })

  test('a pane that was taken away comes back with its answers', () => {
    const [first, second] = [newPane('model-a'), newPane('model-b')]
    const turns = [makeTurn({ generations: [makeGeneration({ paneId: second.id, route: 'model-b' })] })]
    const fewer = resized({ panes: [first, second], turns }, 1, [])
    expect(fewer).toEqual([first])
    const more = resized({ panes: fewer, turns }, 3, [{ route: 'model-c', engineTest: false }])
    expect(more.map(pane => [pane.id === second.id, pane.route])).toEqual([
      [false, 'model-a'],
      [true, 'model-b'],
      [false, 'model-c'],
    ])
  })

  test('a new comparison asks all that is ready, an engine test with its likeliest answer', () => {
    const [test, model] = firstPanes([
      { route: 'canary', engineTest: true },
      { route: 'model-a', engineTest: false },
    ])
    expect([test?.sampling.temperature, model?.sampling.temperature]).toEqual([0, 0.7])
    expect(firstPanes([]).map(pane => pane.route)).toEqual([null, null])
    const chosen = { ...newPane('x'), sampling: { ...newPane(null).sampling, temperature: 1.2 } }
    expect(asking(chosen, { route: 'canary', engineTest: true }).sampling.temperature).toBe(1.2)
    expect(test && asking(test, { route: 'model-a', engineTest: false }).sampling.temperature).toBe(0.7)
  })
})

describe('what can be asked', () => {
  test('ready and loading instances; not the engine test that a start asks by itself, nor what ended', () => {
    const instances = [
      makeInstance({ id: '1', route: 'ready' }),
      makeInstance({ id: '2', route: 'loading', state: { kind: 'starting', since: '', progress: null, step: 'load' } }),
      makeInstance({ id: '3', route: 'canary#engine-test' }),
      makeInstance({ id: '4', route: 'over', state: { kind: 'stopped', since: '' } }),
    ]
    const routes = ['ready', 'canary#engine-test'].map(name => ({ name, instances: [], ready: true, engineTest: false }))
    expect(targetsOf(instances, { ...gateway, routes }).map(({ route, ready }) => [route, ready])).toEqual([
      ['ready', true],
      ['loading', false],
    ])
  })

  test('helpers offer the same model elsewhere and another model, running ones first', () => {
    const build = { id: 'ollama@1', runtime: 'ollama', kind: 'ollama', title: 'Ollama 1', version: null, variant: null } as const
    const runtimes: RuntimeSummary[] = [
      {
        id: 'ollama',
        title: 'Ollama',
        purpose: '',
        homepage: '',
        verdict: { can: true, how: 'native', backends: [], notes: [] },
        launchable: true,
        builds: [{ ...build, origin: 'adopted', path: null, backends: [], notes: [] }],
        offers: [],
      },
    ]
    const labels = (given: Parameters<typeof helpersFor>[0]) => helpersFor(given).map(helper => `${helper.kind}: ${helper.label}`)
    expect(labels({ panes: [newPane('model-a')], targets, runtimes, library: [] })).toEqual([
      'place: same model on Built-in',
      'place: Model B',
    ])
    expect(labels({ panes: [newPane('model-a')], targets: [one], runtimes, library: [] })).toEqual(['start: same model on Ollama 1'])
    expect(labels({ panes: [newPane(null)], targets: [], runtimes, library: [] })).toEqual([])
  })

  test('a pane gets its route when its start is done, and lets go when it was cancelled', () => {
    const jobs = [
      makeJob({ id: 'j1', state: 'done', result: 'a' }),
      makeJob({ id: 'j2', state: 'cancelled' }),
      makeJob({ id: 'j3', state: 'failed' }),
    ]
    const settled = settledStarts({ p1: 'j1', p2: 'j2', p3: 'j3', p4: 'j4' }, jobs, [one.instance])
    expect(settled).toEqual([
      { paneId: 'p1', asked: { route: 'model-a', engineTest: false } },
      { paneId: 'p2', asked: null },
    ])
  })
})

describe('figures', () => {
  const values = (...given: Parameters<typeof figuresOf>) => figuresOf(...given).map(each => each.value)

  test('are dashes before, and keep their places', () => {
    expect(values(null, null)).toEqual(['–', '–', '–', '–', '–'])
    expect(values(makeGeneration({ state: 'waiting' }), one.instance)).toEqual(['–', '–', '–', '18.9 GB', '–'])
  })

  test('say what was measured, by the host and not by this window', () => {
    const stats = { ttftMs: 123, tokensPerSecond: 96.42, promptTokens: 46, outputTokens: 1280, totalMs: 13_400, finish: 'stop' }
    expect(values(makeGeneration({ state: 'done', stats }), one.instance)).toEqual([
      '0.12 s',
      '96.4 tok/s',
      '1,280 in 13.4 s',
      '18.9 GB',
      'stop',
    ])
    expect(values(makeGeneration({ state: 'stopped', stats: noStats }), null).at(-1)).toBe('stopped')
    expect(values(makeGeneration({ state: 'streaming', stats }), null).at(-1)).toBe('…')
  })

  test('memory is estimated while nothing was measured, and says so', () => {
    const figure = figuresOf(null, makeInstance({ proof: null, residentMiB: null }))[3]
    expect([figure?.value, figure?.from]).toEqual(['19.4 GB', 'estimated'])
  })
})
