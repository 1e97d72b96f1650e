import { describe, expect, test } from 'vitest'
import type { Setting } from '../../../electron/contract/runtime'
import { checkSettings, settingsToArguments } from '../../../electron/core/runtimes/settings'

const common = { title: 'Batch', help: '', group: 'speed', environment: null, source: '' } as const
const batch: Setting = {
  ...common,
  id: 'batch',
  flag: '--batch',
  value: { kind: 'number', integer: true, least: 1, most: 4096, unit: 'tokens', default: 512 },
}
const split: Setting = {
  ...common,
  id: 'split',
  title: 'Split',
  flag: '--split',
  value: { kind: 'choice', options: ['row', 'layer'], default: 'layer' },
}
const cache: Setting = {
  ...common,
  id: 'cache',
  title: 'Cache',
  flag: '--cache',
  value: { kind: 'switch', off: '--no-cache', default: true },
}
const eager: Setting = { ...common, id: 'eager', title: 'Eager', flag: '--eager', value: { kind: 'switch', off: null, default: false } }
const flash: Setting = {
  ...common,
  id: 'flash',
  title: 'Flash',
  flag: null,
  environment: 'FLASH',
  value: { kind: 'switch', off: null, default: false },
}
const queue: Setting = {
  ...common,
  id: 'queue',
  title: 'Queue',
  flag: null,
  environment: 'QUEUE',
  value: { kind: 'number', integer: true, least: 0, most: 9, unit: null, default: 5 },
}
const template: Setting = { ...common, id: 'template', title: 'Template', flag: '--template', value: { kind: 'text', default: null } }
const all = [batch, split, cache, eager, flash, queue, template]

describe('what reaches the runtime', () => {
  test('each kind of value becomes its flag or its variable, in the order of the settings', () => {
    const values = { queue: 3, template: '{"a": "b c"}', eager: true, cache: false, split: 'row', batch: 64, flash: true }
    expect(settingsToArguments(all, values, null)).toEqual({
      args: ['--batch', '64', '--split', 'row', '--no-cache', '--eager', '--template', '{"a": "b c"}'],
      env: { FLASH: '1', QUEUE: '3' },
      dropped: [],
    })
  })

  test('what was not set is not passed, and a value that equals the default is: our own defaults may differ', () => {
    expect(settingsToArguments(all, undefined, null)).toEqual({ args: [], env: {}, dropped: [] })
    expect(settingsToArguments(all, { batch: 512, cache: true, flash: false }, null)).toEqual({
      args: ['--batch', '512', '--cache'],
      env: { FLASH: '0' },
      dropped: [],
    })
  })

  test('a flag that this build does not have is left out, and that is said', () => {
    const known = new Set(['--batch', '--cache'])
    expect(settingsToArguments(all, { batch: 64, split: 'row', cache: false }, known)).toEqual({
      args: ['--batch', '64'],
      env: {},
      dropped: [
        { id: 'split', why: 'Split was left out: this build has no --split.' },
        { id: 'cache', why: 'Cache was left out: this build has no --no-cache.' },
      ],
    })
  })

  test('a switch that is off anyway needs no flag, and one that cannot be switched off says so', () => {
    expect(settingsToArguments([eager], { eager: false }, null)).toEqual({ args: [], env: {}, dropped: [] })
    const always: Setting = { ...eager, value: { kind: 'switch', off: null, default: true } }
    expect(settingsToArguments([always], { eager: false }, null).dropped).toEqual([
      { id: 'eager', why: 'Eager has no flag that sets it to off.' },
    ])
  })
})

describe('what is refused', () => {
  test.each([
    [{ bach: 1 }, /no setting named bach.*batch, split/],
    [{ batch: 0 }, /Batch: 0 tokens is less than the least, 1 tokens/],
    [{ batch: 5000 }, /more than the most, 4096/],
    [{ batch: 1.5 }, /not a whole number/],
    [{ batch: Number.NaN }, /not a number/],
    [{ batch: '64' }, /"64" is not a number/],
    [{ split: 'column' }, /"column" is not one of row, layer/],
    [{ split: true }, /true is not one of/],
    [{ eager: 'yes' }, /neither on nor off/],
    [{ template: '' }, /empty/],
    [{ template: '--rpc' }, /read as a flag/],
    [{ template: 'a\u0000b' }, /control characters/],
    [{ template: 'x'.repeat(20_000) }, /longer than/],
    [{ template: 5 }, /not a text/],
  ])('%j', (values, sentence) => {
    expect(() => checkSettings(all, values)).toThrow(sentence)
    expect(() => settingsToArguments(all, values, null)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })

  test('a runtime without settings takes none', () => {
    expect(() => checkSettings([], { batch: 1 })).toThrow('this runtime has none')
  })
})

test('a text that has to be a JSON object is refused in words when it is none', () => {
  const values: Setting = { ...common, id: 'values', title: 'Values', flag: '--values', value: { kind: 'text', default: null, json: true } }
  for (const wrong of ['{bad', '3', '"text"', '[1]', 'null'])
    expect(() => checkSettings([values], { values: wrong })).toThrow('Values: it is not a JSON object')
  expect(settingsToArguments([values], { values: '{"thinking": false}' }, null).args).toEqual(['--values', '{"thinking": false}'])
})
