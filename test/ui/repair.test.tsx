// @vitest-environment jsdom
import { implement } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { contract } from '../../electron/contract'
import type { Job } from '../../electron/contract/job'
import { makeJob, makeStep } from './fixture-run'
import { expectAccessible, mountWindow } from './mount'

const build = 'llama.cpp@b9000+cuda'
const ended = '2026-01-15T11:36:00.000Z'
const failure = {
  code: 'build-changed',
  message: 'Files of llama-server are not what was installed.',
  suggestion: 'Repair it.',
  subject: build,
}
const changed = makeJob({ state: 'failed', failure, endedAt: ended, steps: [makeStep('install', { state: 'failed' })] })
const repairing = makeJob({
  id: 'repair-1',
  kind: 'install',
  title: 'Repair llama-server',
  steps: [makeStep('install', { state: 'running' })],
})

function mount(path: string, jobs: Job[]) {
  const repaired: string[] = []
  const made = mountWindow(path, ({ state, router }) => {
    state.jobs.set(jobs)
    const os = implement(contract)
    Object.assign(router.runtimes, {
      repair: os.runtimes.repair.handler(({ input }) => {
        repaired.push(input.build)
        state.jobs.set([...jobs, repairing])
        return repairing
      }),
    })
  })
  return { ...made, repaired }
}

test('a start that found its build changed offers the repair, and says when it is done', async () => {
  const { host, user, repaired } = mount('/start/job-1', [changed])
  const card = within(await screen.findByRole('alert', { name: 'Install failed' }))
  await expectAccessible()
  await user.click(card.getByRole('button', { name: `Repair ${build}` }))
  await waitFor(() => expect(card.getByRole<HTMLButtonElement>('button', { name: `Repair ${build}` }).disabled).toBe(true))
  expect(repaired).toEqual([build])
  host.state.jobs.set([changed, { ...repairing, state: 'done', endedAt: ended }])
  expect(await card.findByText('Repaired, try again')).toBeTruthy()
})

test('the activity list offers it for that failure alone', async () => {
  const other = makeJob({ id: 'job-2', state: 'failed', failure: { ...failure, code: 'download-failed' }, endedAt: ended })
  const { user, repaired } = mount('/', [changed, other])
  await user.click(await screen.findByRole('button', { name: '2 failed' }))
  const list = within(await screen.findByRole('dialog', { name: 'Activity' }))
  expect(list.getAllByRole('button', { name: /^Retry/ })).toHaveLength(2)
  await user.click(list.getByRole('button', { name: /^Repair/ }))
  await waitFor(() => expect(repaired).toEqual([build]))
})
