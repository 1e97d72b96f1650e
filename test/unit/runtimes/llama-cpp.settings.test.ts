import { describe, expect, test } from 'vitest'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { inputOf } from './launching'

describe('settings of llama-server', () => {
  test('settings come after our own flags and before what was typed', () => {
    const settings = { batch: 256, cacheRam: 64, jinja: false }
    const { process, notes } = llamaCppLaunch.plan(inputOf({ request: { settings, flags: ['--verbose'] } }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args.slice(-6)).toEqual(['--cache-ram', '64', '--batch-size', '256', '--no-jinja', '--verbose'])
    expect(notes).toEqual([])
  })

  test.each([['built-in'], ['xllamacpp']])('%s tells what it leaves out', kind => {
    const path = kind === 'built-in' ? null : '/home/builds/x/venv/bin/python'
    const plan = llamaCppLaunch.plan(inputOf({ build: { kind, path }, request: { settings: { batch: 256 } } }))
    expect(JSON.stringify(plan.process)).not.toContain('256')
    expect(plan.notes).toEqual(['Batch was left out: this build has no --batch-size.'])
  })

  test('a build that was asked for its flags is not given others', () => {
    const settings = { batch: 256, swaFull: true }
    const { process, notes } = llamaCppLaunch.plan(inputOf({ knownFlags: new Set(['--batch-size']), request: { settings } }))
    if (process.kind !== 'spawn') throw new Error('it is not spawned')
    expect(process.args).toContain('--batch-size')
    expect(process.args).not.toContain('--swa-full')
    expect(notes).toHaveLength(1)
  })
})
