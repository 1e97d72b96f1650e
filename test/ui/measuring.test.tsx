// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { machine } from './fixture-machine'
import { mountWindow } from './mount'

test('what is still being measured says so, and its coming asks for the decision anew', async () => {
  const { host, user } = mountWindow('/', ({ state }) => state.machine.set({ ...machine, pending: ['memory.bandwidthGBps'] }))
  const word = await screen.findByText('measuring memory speed…')
  await user.hover(word)
  expect((await screen.findAllByText(/Estimates follow it, and the order of the decisions may/)).length).toBeGreaterThan(0)
  await waitFor(() => expect(host.asked.decided.length).toBe(1))
  host.state.machine.set({ ...machine, pending: [], memory: { ...machine.memory, bandwidthGBps: 61.4 } })
  expect(await screen.findByText(/61 GB\/s/)).toBeTruthy()
  expect(screen.queryByText('measuring memory speed…')).toBeNull()
  await waitFor(() => expect(host.asked.decided.length).toBe(2))
})
