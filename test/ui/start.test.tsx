// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { makeInstance, makeJob, makeStep } from './fixture-run'
import { expectAccessible, mountWindow } from './mount'

const ended = '2026-01-15T11:36:00.000Z'
const allDone = makeJob().steps.map(step => ({ ...step, state: 'done' as const, endedAt: ended }))

test('a start shows each step, bytes, rate and time left, and can be cancelled', async () => {
  const { host, user } = mountWindow('/start/job-1', ({ state }) => state.jobs.set([makeJob()]))
  const steps = await screen.findByRole('list', { name: 'Steps of this start' })
  expect(
    within(steps)
      .getAllByRole('heading')
      .map(each => each.textContent),
  ).toEqual(['Install', 'Canary', 'Download', 'Load', 'Proof'])
  expect(within(steps).getByText('4.3 GB of 8.7 GB')).toBeTruthy()
  expect(within(steps).getByText('46 MB/s')).toBeTruthy()
  expect(within(steps).getByText('1 min 44 s left')).toBeTruthy()
  expect(within(steps).getByRole('progressbar', { name: 'Download' }).getAttribute('aria-valuenow')).toBe('49')
  expect(screen.getByText('1 job, step 3 of 5, 49 %')).toBeTruthy()
  await expectAccessible()
  await user.click(within(steps).getByRole('button', { name: 'Cancel' }))
  await waitFor(() => expect(host.asked.cancelled).toEqual(['job-1']))
})

test('it ends in a verdict: estimate beside measurement, where it runs, what to do next', async () => {
  mountWindow('/start/job-1', ({ state }) => {
    state.instances.set([makeInstance()])
    state.jobs.set([makeJob({ state: 'done', result: 'llama-cpp-1', endedAt: ended, steps: allDone, secondsLeft: null })])
  })
  const verdict = await screen.findByRole('region', { name: 'Verdict: llama-server b9000 + Qwen3-8B Q8_0' })
  const cells = (name: string) =>
    within(within(verdict).getByRole('row', { name: new RegExp(`^${name}`) }))
      .getAllByRole('cell')
      .map(cell => cell.textContent)
  expect(cells('Speed, one user')).toEqual(['97 tok/s', '99 tok/s', '+2.5 %'])
  expect(cells('First token')).toEqual(['0.30 s', '0.28 s', 'short prompt'])
  expect(cells('Context')).toEqual(['8 × 8,192', '8 × 8,192', 'granted'])
  expect(within(verdict).getByText(/37 of 37 layers on the RTX 4090, verified/)).toBeTruthy()
  expect(within(verdict).getByRole('button', { name: 'Chat' })).toBeTruthy()
  await expectAccessible()
})

test('while a build is tested before its model, the verdict is not named after the test', async () => {
  const testing = makeInstance({ id: 'test-1', route: 'roundhouse/canary:Q8_0#engine-test', modelTitle: 'Engine test', proof: null })
  mountWindow('/start/job-1', ({ state }) => {
    state.instances.set([{ ...testing, startedAt: makeJob().startedAt }])
    state.jobs.set([makeJob({ title: 'llama.cpp + Qwen3-8B Q8_0' })])
  })
  expect(await screen.findByRole('region', { name: 'Verdict: llama.cpp + Qwen3-8B Q8_0' })).toBeTruthy()
})

test('a failed start explains itself, and its fix restarts with what it promises', async () => {
  const request = {
    ...{ runtime: 'llama.cpp', build: null, model: 'Qwen/Qwen3-8B:Q8_0', contextTokens: 8192, slots: 8, threads: null, gpuLayers: null },
    ...{ kvQuantisation: null, port: null, flags: [], insist: false },
  }
  const autopsy = {
    ...{ cause: 'out-of-memory', headline: 'The card was full', explanation: 'It asked for 19.4 GB.', lines: ['cudaMalloc failed'] },
    ...{ exitCode: 1, signal: null, permanent: true, at: ended },
    fixes: [
      { title: 'Start with 4k context', detail: 'takes 4.6 GB less', action: { kind: 'restart-with' as const, contextTokens: 4096 } },
    ],
  }
  const { host, user } = mountWindow('/start/job-1', ({ state }) => {
    state.instances.set([makeInstance({ request, proof: null, state: { kind: 'failed', since: ended, autopsy } })])
    state.jobs.set([makeJob({ state: 'failed', endedAt: ended, steps: [makeStep('load', { state: 'failed' })] })])
  })
  const card = await screen.findByRole('alert', { name: 'The card was full' })
  expect(within(card).getByText('cudaMalloc failed')).toBeTruthy()
  await expectAccessible()
  await user.click(within(card).getByRole('button', { name: 'Start with 4k context' }))
  await waitFor(() => expect(location.hash).toBe('#/start/job-restart'))
  expect(host.asked.restarted).toEqual([{ id: 'llama-cpp-1', request: { ...request, contextTokens: 4096 } }])
})

test('a model file that is gone is named as such, with the way to where it can be found', async () => {
  const failure = { code: 'model-missing', message: 'The file is not at /m/a.gguf any more', suggestion: 'Point to where it is now.' }
  const { user } = mountWindow('/start/job-1', ({ state }) =>
    state.jobs.set([makeJob({ state: 'failed', failure, endedAt: ended, steps: [makeStep('download', { state: 'failed' })] })]),
  )
  const card = await screen.findByRole('alert', { name: 'The file of the model is gone' })
  expect(within(card).getByText('The file is not at /m/a.gguf any more. Point to where it is now.')).toBeTruthy()
  await user.click(within(card).getByRole('button', { name: 'Look for it in Models' }))
  await waitFor(() => expect(location.hash).toBe('#/models'))
})

test('a start that failed before there was an instance says which step and why, and can be tried again', async () => {
  const failure = { code: 'hash-mismatch', message: 'The file differs from its digest.', suggestion: 'Download it again.' }
  const { user } = mountWindow('/start/job-1', ({ state }) =>
    state.jobs.set([makeJob({ state: 'failed', failure, endedAt: ended, steps: [makeStep('download', { state: 'failed' })] })]),
  )
  const card = await screen.findByRole('alert', { name: 'Download failed' })
  expect(within(card).getByText('The file differs from its digest. Download it again.')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(location.hash).toBe('#/start/job-again'))
})

test('only the first start here is called so; any other by what is started, on what', async () => {
  const done = makeJob({ state: 'done', result: 'llama-cpp-1', endedAt: ended, steps: allDone, secondsLeft: null })
  const later = makeJob({ id: 'job-2', startedAt: '2026-01-15T12:00:00.000Z' })
  const instance = makeInstance({ id: 'llama-cpp-2', startedAt: '2026-01-15T12:00:01.000Z' })
  const { host } = mountWindow('/start/job-1', ({ state }) => state.jobs.set([done]))
  expect(await screen.findByRole('heading', { name: 'First start' })).toBeTruthy()
  host.state.jobs.set([done, later])
  location.hash = '#/start/job-2'
  expect(await screen.findByRole('heading', { name: 'Start Qwen3-8B Q8_0 on llama.cpp', level: 1 })).toBeTruthy()
  host.state.instances.set([instance])
  expect(await screen.findByRole('heading', { name: 'Starting Qwen3-8B Q8_0 on llama-server b9000' })).toBeTruthy()
  // The first one was dismissed from the list: the host remembers.
  host.state.system = { ...host.state.system, firstStart: 'job-1' }
  host.state.jobs.set([{ ...later, state: 'done', result: instance.id, endedAt: ended }])
  expect(await screen.findByRole('heading', { name: 'Qwen3-8B Q8_0 on llama-server b9000', level: 1 })).toBeTruthy()
  await expectAccessible()
})

test('a start nobody knows any more leads back to the recommendation', async () => {
  mountWindow('/start/long-ago')
  expect(await screen.findByText(/not known any more/)).toBeTruthy()
  expect(screen.getByRole('link', { name: 'To the recommendation' })).toBeTruthy()
})
