// @vitest-environment jsdom
import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { jobLine, stepAside, stepState } from '../../renderer/features/home/start-steps'
import { jobOf, lastJobOf } from '../../renderer/features/runtimes/runtime-words'
import { makeJob } from './fixture-run'
import { expectAccessible, mountWindow } from './mount'
import { makeOffer, makeRuntime } from './runtimes/fixture-runtimes'

const at = '2026-01-15T11:36:00.000Z'
const kept = '4.3 MB of 8.7 MB came and are kept; a new try goes on from there'

/** Cancelled while the third of five steps ran: the host closes that one and all that follow. */
const cancelled = makeJob({
  ...{ state: 'cancelled', endedAt: at, secondsLeft: null, rate: null },
  steps: makeJob().steps.map((step, index) => {
    if (index < 2) return { ...step, state: 'done', startedAt: at, endedAt: at }
    return index === 2 ? { ...step, state: 'cancelled', endedAt: at, detail: kept } : { ...step, state: 'cancelled', startedAt: null }
  }),
})

test('a cancelled start says where, what of it is kept, and does not call what never began cancelled', async () => {
  mountWindow('/start/job-1', ({ state }) => state.jobs.set([cancelled]))
  const steps = await screen.findByRole('list', { name: 'Steps of this start' })
  expect(screen.getByText(/Cancelled in step 3 of 5, Download\. What the steps before it did stays\./)).toBeTruthy()
  expect(within(steps).getByText(kept)).toBeTruthy()
  expect(within(steps).queryByText('failed')).toBeNull()
  expect(cancelled.steps.map(stepState)).toEqual(['done', 'done', 'cancelled', 'later', 'later'])
  expect(cancelled.steps.slice(2).map(step => stepAside(step, cancelled))).toEqual(['cancelled', null, null])
  await expectAccessible()
})

test('one that was cancelled before its first step says that nothing was done', () => {
  const steps = cancelled.steps.map(step => ({ ...step, state: 'cancelled' as const, startedAt: null }))
  expect(jobLine({ ...cancelled, steps })).toBe('Cancelled before anything was done.')
})

test('a cancelled install stays in sight where its runtime is shown, but is no state of the runtime', () => {
  const runtime = makeRuntime({ offers: [makeOffer({ title: 'Alpha 2' })] })
  const install = makeJob({ kind: 'install', title: 'Install Alpha 2', state: 'cancelled' })
  expect(lastJobOf(runtime, [install])).toBe(install)
  expect(jobOf(runtime, [install])).toBeNull()
})
