// @vitest-environment jsdom
import { implement } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { LivePoint, RunningMetrics } from '../../../electron/contract/metrics'
import { linePath, niceMost } from '../../../renderer/features/running/live-path'
import { makeInstance } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'

const endMs = Date.parse('2026-01-15T11:31:00.000Z')
const pointAt = (secondsAgo: number, own: Partial<LivePoint> = {}): LivePoint => ({
  ...{ atMs: endMs - secondsAgo * 1000, tokensPerSecond: 0, running: 0, waiting: 0, kvUse: null, ttftMs: null },
  ...own,
})
const metricsOf = (points: LivePoint[], own: Partial<RunningMetrics> = {}): RunningMetrics => ({
  ...{ instance: 'llama-cpp-1', everyMs: 2_000, spanMs: 300_000, points, notes: ['It has no measure of its cache.'] },
  from: { tokensPerSecond: 'runtime', running: 'runtime', waiting: 'runtime', kvUse: 'nobody', ttftMs: 'gateway' },
  ...own,
})

/** A host that sends these one after another and says how many watch. */
function sending(events: RunningMetrics[], watched = { now: 0 }) {
  return ({ state, router }: ReturnType<typeof createScriptedHost>) => {
    state.instances.set([makeInstance({}), makeInstance({ id: 'llama-cpp-2' })])
    const os = implement(contract)
    Object.assign(router.instances, {
      metrics: os.instances.metrics.handler(async function* ({ input, signal }) {
        watched.now += 1
        for (const event of events) yield { ...event, instance: input.id }
        await new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }))
        watched.now -= 1
      }),
    })
  }
}

describe('The last five minutes', () => {
  test('are shown as lines with their figures now, in words for those who cannot see them', async () => {
    const points = [
      pointAt(4),
      pointAt(2, { tokensPerSecond: 120, running: 3, waiting: 1, ttftMs: 340 }),
      pointAt(0, { tokensPerSecond: 97.4, running: 2 }),
    ]
    mountWindow('/running/llama-cpp-1', sending([metricsOf(points)]))
    const section = await screen.findByRole('region', { name: 'The last five minutes' })
    await within(section).findByText('97')
    expect(within(section).getByRole('img', { name: 'Speed now in tok/s, last five minutes: now 97, at most 120' })).toBeTruthy()
    expect(within(section).getByRole('img', { name: /Running, waiting, .* now 2, at most 3; now 0, at most 1/ })).toBeTruthy()
    expect(within(section).getByRole('img', { name: /KV cache in use in %, .* not known/ })).toBeTruthy()
    // The last first token stays until there is another.
    expect(within(section).getByText(/0\.34 s|340 ms/)).toBeTruthy()
    expect(section.querySelector('path')?.getAttribute('d')).toMatch(/^M.*L/)
    await expectAccessible()
  })

  test('without a request say so, and keep their room before the first figures come', async () => {
    mountWindow('/running/llama-cpp-1', sending([]))
    const section = await screen.findByRole('region', { name: 'The last five minutes' })
    expect(within(section).getByText('Measuring…')).toBeTruthy()
    expect(section.querySelectorAll('svg')).toHaveLength(4)
  })

  test('of a quiet instance and of one that tells nothing itself', async () => {
    const notes = ['Ollama tells no figures of its own here: what is shown passed through the gateway.']
    mountWindow('/running/llama-cpp-1', sending([metricsOf([pointAt(0)], { notes })]))
    await screen.findByText(`Nothing was asked through the gateway in the last five minutes. ${notes[0] ?? ''}`)
  })

  test('are measured only for the instance that is looked at', async () => {
    const watched = { now: 0 }
    mountWindow('/running/llama-cpp-1', sending([metricsOf([pointAt(0)])], watched))
    await waitFor(() => expect(watched.now).toBe(1))
    location.hash = '/running/llama-cpp-2'
    await waitFor(() => expect(watched.now).toBe(1))
    location.hash = '/'
    await waitFor(() => expect(watched.now).toBe(0))
  })
})

describe('the line', () => {
  const place = { endMs: 100, spanMs: 100, most: 10, width: 100, height: 10 }
  test('has gaps where nothing was known and leaves out what is too old', () => {
    const readings = [
      { atMs: -50, value: 5 },
      { atMs: 0, value: 0 },
      { atMs: 20, value: 10 },
      { atMs: 40, value: null },
      { atMs: 60, value: 5 },
      { atMs: 80, value: 99 },
    ]
    expect(linePath(readings, place)).toBe('M0 10h0L20 0M60 5h0L80 0')
    expect(linePath([], place)).toBe('')
  })

  test.each([
    [[3, null], 10, 10],
    [[11], 10, 20],
    [[20], 10, 20],
    [[21, 49], 10, 50],
    [[51], 10, 100],
    [[1999], 100, 2000],
  ])('the scale of %j, at least %d, ends at %d', (values, least, most) => {
    expect(niceMost(values, least)).toBe(most)
  })
})
