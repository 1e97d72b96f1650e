// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { makeDecision, recommendation } from './fixture-decision'
import { expectAccessible, mountWindow } from './mount'

const reckoned = (simulation: NonNullable<ReturnType<typeof makeDecision>['memory']['simulation']>) => {
  const { memory } = makeDecision()
  return makeDecision({ memory: { ...memory, simulation } })
}
const mountWith = (decision: ReturnType<typeof makeDecision>) =>
  mountWindow('/', host => {
    host.script.decide = need => ({ ...recommendation, need, decisions: [decision, ...recommendation.decisions.slice(1)] })
  })

test('says who reckoned the memory, with the figure of the formula beside it', async () => {
  const simulation = { by: 'llama-server', simulatedMiB: 20_480, formulaMiB: 19_456, why: null }
  mountWith(reckoned(simulation))
  expect(await screen.findByText(/Simulated by llama-server: 20\.0 GB; the formula says 19\.0 GB\./)).toBeTruthy()
  await expectAccessible()
})

test('says why it is the formula alone', async () => {
  const simulation = { by: null, simulatedMiB: null, formulaMiB: 19_456, why: 'vLLM cannot reckon without loading.' }
  mountWith(reckoned(simulation))
  expect(await screen.findByText('By formula. vLLM cannot reckon without loading.')).toBeTruthy()
})

test('asks again while the engine still reckons, a few times at most', { timeout: 20_000 }, async () => {
  const simulation = { by: null, simulatedMiB: null, formulaMiB: 19_456, why: 'The engine is still reckoning.', pending: true }
  const { host } = mountWith(reckoned(simulation))
  await screen.findByText(/still reckoning/)
  const before = host.asked.decided.length
  await waitFor(() => expect(host.asked.decided.length).toBeGreaterThan(before), { timeout: 6_000 })
})

test('what reads images is a part of its own in the bar, explained, and in its words for a screen reader', async () => {
  const { memory } = makeDecision()
  const [device] = memory.devices
  if (!device) throw new Error('there is no device')
  const devices = [{ ...device, projectorMiB: 1_136, freeMiB: device.freeMiB - 1_136 }]
  const parts = { weights: 'a', kv: 'b', compute: 'c', overhead: 'd', others: 'e', free: 'f', projector: 'What reads images, whole on it.' }
  mountWith(makeDecision({ memory: { ...memory, devices, parts } }))
  const bar = await screen.findByRole('img', { name: /weights 8\.1 GB, images 1\.1 GB, KV cache 9\.0 GB, .* free 1\.4 GB of 24 GB/ })
  expect(bar.querySelector('[title="What reads images, whole on it."]')).not.toBeNull()
  expect(screen.getByText('images')).toBeTruthy()
})
