import { describe, expect, test } from 'vitest'
import type { Build, SettingValues } from '../../../electron/contract/runtime'
import { activeOf, createActive, forDecisions, inOrder, pointersOf, type Pointer, type Switch } from '../../../electron/core/builds/active'
import type { Collection } from '../../../electron/core/store/store.types'

const build = (id: string, changes: Partial<Build> = {}): Build => ({
  ...{
    id,
    runtime: 'engine',
    kind: 'server',
    title: id,
    version: id,
    variant: 'cpu',
    origin: 'managed',
    path: `/${id}`,
    backends: ['cpu'],
    notes: [],
  },
  ...changes,
})
const bundled = build('in-app', { kind: 'built-in', origin: 'bundled', variant: null, path: null })
const adopted = build('found', { origin: 'adopted', variant: null })
const [newer, older] = [build('v2'), build('v1')]

function collection<Value>(): Collection<Value> {
  const rows = new Map<string, Value>()
  return {
    get: id => rows.get(id) ?? null,
    set: (id, value) => void rows.set(id, value),
    remove: id => void rows.delete(id),
    all: () => [...rows].map(([id, value]) => ({ id, value })),
  }
}

function setUp() {
  let count = 0
  const pointers = collection<Pointer>()
  const saved = collection<SettingValues>()
  const now = () => `2026-01-01T00:00:${String(++count).padStart(2, '0')}Z`
  const active = createActive({ pointers, saved, switches: collection<Switch>(), now, newId: () => String(++count) })
  const order = (builds: readonly Build[]) => inOrder(builds, pointersOf(pointers))
  return { active, saved, order }
}

describe('the order that starts take', () => {
  test('is: what was chosen, then by origin, and other versions of a line last', () => {
    const builds = [bundled, adopted, newer, older]
    expect(inOrder(builds, new Map()).map(each => each.id)).toEqual(['v2', 'found', 'in-app', 'v1'])
    expect(inOrder(builds, new Map([['engine/server/cpu', 'v1']])).map(each => each.id)).toEqual(['v1', 'found', 'in-app', 'v2'])
    expect(inOrder(builds, new Map([['engine', 'in-app']])).map(each => each.id)).toEqual(['in-app', 'v2', 'found', 'v1'])
    expect(activeOf(inOrder(builds, new Map([['engine', 'in-app']])), 'engine', 'server')?.id).toBe('v2')
  })

  test('of decisions leaves only what was chosen, where something was', () => {
    const builds = [bundled, adopted, newer, older]
    expect(forDecisions(builds, new Map()).map(each => each.id)).toEqual(['in-app', 'found', 'v2'])
    expect(forDecisions(builds, new Map([['engine', 'v1']])).map(each => each.id)).toEqual(['v1'])
    expect(forDecisions(builds, new Map([['engine', 'gone']])).map(each => each.id)).toEqual(['in-app', 'found', 'v2'])
  })
})

describe('a newer version', () => {
  test('stands beside the first until it is chosen, and one step goes back with the settings of then', () => {
    const { active, saved, order } = setUp()
    active.installed(older, [bundled])
    active.installed(newer, [bundled, older])
    const all = [bundled, newer, older]
    expect(activeOf(order(all), 'engine')?.id).toBe('v1')
    saved.set('engine', { slots: 2 })
    active.use(newer, { before: older, settings: { slots: 2, fast: true } })
    expect(activeOf(order(all), 'engine')?.id).toBe('v2')
    expect(active.rollbacks('engine', all)).toMatchObject([{ from: 'v1', to: 'v2' }])
    expect(active.rollback('engine', { kind: null, builds: all })).toMatchObject({ from: 'v1' })
    expect(activeOf(order(all), 'engine')?.id).toBe('v1')
    expect(saved.get('engine')).toEqual({ slots: 2 })
    expect(active.rollback('engine', { kind: null, builds: all })).toBeNull()
  })

  test('that stood in for one that is gone cannot be gone back on', () => {
    const { active, order } = setUp()
    active.use(newer, { before: older })
    expect(active.rollbacks('engine', [newer])).toEqual([])
    expect(active.rollback('engine', { kind: null, builds: [newer] })).toBeNull()
    active.removed(newer)
    expect(activeOf(order([bundled, older]), 'engine')?.id).toBe('v1')
  })

  test('that was chosen to and fro is offered one way back, never to what starts take already', () => {
    const { active, order } = setUp()
    const all = [newer, older]
    active.use(older, { before: newer })
    active.use(newer, { before: older })
    expect(active.rollbacks('engine', all)).toMatchObject([{ from: 'v1', to: 'v2' }])
    active.use(older, { before: null })
    expect(active.rollbacks('engine', all)).toMatchObject([{ from: 'v2', to: 'v1' }])
    expect(active.rollback('engine', { kind: null, builds: all })).toMatchObject({ from: 'v2' })
    expect(activeOf(order(all), 'engine')?.id).toBe('v2')
  })

  test('of another kind is not what a rollback of this kind means', () => {
    const { active } = setUp()
    active.use(newer, { before: bundled })
    expect(active.rollback('engine', { kind: 'built-in', builds: [bundled, newer] })).toBeNull()
    expect(active.rollback('other', { kind: null, builds: [bundled, newer] })).toBeNull()
  })
})
