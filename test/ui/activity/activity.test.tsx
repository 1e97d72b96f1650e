// @vitest-environment jsdom
import { implement } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import { currentStep, orderedJobs, progressLine, stripWords } from '../../../renderer/features/activity/job-words'
import { makeJob, makeStep } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'

const failure = { code: 'download-failed', message: 'The connection broke.', suggestion: 'Try again.' }
const failed = makeJob({ id: 'b', kind: 'download', title: 'Small Q8_0', state: 'failed', failure, endedAt: '2026-01-15T11:32:00.000Z' })
const done = makeJob({ id: 'c', title: 'Done thing', state: 'done', endedAt: '2026-01-15T11:32:00.000Z' })

describe('words for jobs', () => {
  test('the strip says the first that runs, else what failed', () => {
    expect(stripWords([makeJob(), makeJob({ id: 'x' }), failed]).text).toBe('2 jobs')
    expect(stripWords([failed, done])).toEqual({ tone: 'bad', text: '1 failed' })
    expect(stripWords([done]).text).toBe('0 jobs')
  })

  test('a line says step, amount, rate and time left, or how it ended', () => {
    expect(progressLine(makeJob())).toBe('Download, step 3 of 5: 4.3 GB of 8.7 GB, 46 MB/s, 1 min 44 s left')
    expect(progressLine(failed)).toBe('The connection broke.')
    expect(progressLine(done)).toBe('Done in 1 min')
    expect(progressLine({ ...done, state: 'cancelled', endedAt: null })).toBe('Cancelled')
    expect(currentStep(makeJob({ steps: [] }))).toBeNull()
    expect(progressLine(makeJob({ rate: null, secondsLeft: null, steps: [makeStep('load', { state: 'running' })] }))).toBe('Load')
  })

  test('what runs stands first, then what failed', () => {
    expect(orderedJobs([done, failed, makeJob({ id: 'a' })]).map(job => job.id)).toEqual(['a', 'b', 'c'])
  })
})

test('the list in the strip shows all long work and lets it be cancelled, tried again and dismissed', async () => {
  const asked: string[] = []
  const { host, user } = mountWindow('/', ({ state, router }) => {
    state.jobs.set([done, failed, makeJob({ id: 'a' })])
    const os = implement(contract)
    Object.assign(router.jobs, {
      retry: os.jobs.retry.handler(({ input }) => (asked.push(`retry ${input.id}`), failed)),
      dismiss: os.jobs.dismiss.handler(({ input }) => void asked.push(`dismiss ${input.id}`)),
    })
  })
  await user.click(await screen.findByRole('button', { name: '1 job, step 3 of 5, 49 %' }))
  const list = within(await screen.findByRole('dialog', { name: 'Activity' }))
  expect(list.getAllByText('Download: running')).toHaveLength(3)
  await expectAccessible()
  await user.click(list.getByRole('button', { name: /^Cancel Start/ }))
  await waitFor(() => expect(host.asked.cancelled).toEqual(['a']))
  await user.click(list.getByRole('button', { name: 'Retry Small Q8_0' }))
  await user.click(list.getByRole('button', { name: 'Dismiss Done thing' }))
  await user.click(list.getByRole('button', { name: 'Dismiss all that ended' }))
  await waitFor(() => expect(asked).toEqual(['retry b', 'dismiss c', 'dismiss c', 'dismiss b']))
  await user.click(list.getByRole('button', { name: 'Start Qwen3-8B Q8_0 on llama.cpp' }))
  await waitFor(() => expect(location.hash).toBe('#/start/a'))
})
