// @vitest-environment jsdom
import { screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, test } from 'vitest'
import type { Prediction } from '../../../electron/contract/predictions'
import { usePredictions } from '../../../renderer/features/predictions/predictions.store'
import { expectAccessible, mountWindow } from '../mount'

const run = (changes: Partial<Prediction>): Prediction => ({
  ...{ id: 1, when: '2026-11-21T12:00:00.000Z', runtime: 'llama.cpp', build: 'llama.cpp@b9000', model: 'Qwen/Qwen3-8B', artifact: 'Q8_0' },
  ...{ buildTitle: 'llama-server b9000', modelTitle: 'Qwen3 8B' },
  ...{
    device: 'NVIDIA GeForce RTX 4090 + AMD Ryzen 9 7950X 16-Core Processor',
    contextTokens: 8192,
    predicted: { low: 90, mid: 100, high: 110 },
    measured: 96,
    errorPercent: 4.2,
    flags: [],
  },
  calibrates: true,
  ...changes,
})
const wrong = run({ id: 2, model: 'microsoft/phi-4', modelTitle: 'Phi-4', measured: 50, errorPercent: 100, flags: ['outside-range'] })

afterEach(() => usePredictions.setState({ rows: null, failure: null }))

describe('predicted against measured', () => {
  test('the wrong one stands first, with its range, what was measured and how far off it was', async () => {
    mountWindow('/predictions', host => {
      host.state.predictions = [wrong, run({})]
    })
    const table = await screen.findByRole('region', { name: 'Predicted against measured' })
    const [, first, second] = within(table).getAllByRole('row')
    expect(first?.textContent).toContain('Phi-4 Q8_0')
    expect(first?.textContent).toContain('outside its range')
    expect(first?.textContent).toContain('100 % too high')
    expect(second?.textContent).toContain('4.2 % too high')
    expect(second?.textContent).toContain('Qwen3 8B Q8_0 llama-server b9000')
    expect(second?.textContent).toContain('RTX 4090 + Ryzen 9 7950X')
    expect(screen.getByText(/half were off by 52\.1 % or less; 1 of 2 kept to the range/)).toBeTruthy()
    expect(screen.getByRole('img', { name: 'Predicted over measured speed' })).toBeTruthy()
    await expectAccessible()
  })

  test('a first token stands below the speed, beside what was promised of its own prompt; older runs have none', async () => {
    const predicted = { low: 138, mid: 230, high: 460 }
    const late = { promptTokens: 34, predicted, measured: 920, errorPercent: -75 }
    const kept = { promptTokens: 34, predicted, measured: 200, errorPercent: 15 }
    mountWindow('/predictions', host => {
      host.state.predictions = [
        run({ id: 3, modelTitle: 'Phi-4', firstToken: late, flags: ['first-token'] }),
        run({ firstToken: kept }),
        run({ id: 4, modelTitle: 'Qwen3 4B' }),
      ]
    })
    const table = await screen.findByRole('region', { name: 'Predicted against measured' })
    const [, first, second, old] = within(table).getAllByRole('row')
    expect(first?.textContent).toContain('first token outside its range')
    for (const text of ['first token 0.14–0.46 s', '0.92 s', '75 % too low']) expect(first?.textContent).toContain(text)
    expect(second?.textContent).toContain('15 % too high')
    expect(old?.textContent).not.toContain('first token')
    expect(within(table).getAllByTitle('Of a prompt of 34 tokens').length).toBeGreaterThan(1)
    expect(screen.getByText('1 of 2 first tokens came within what was promised for their prompts.')).toBeTruthy()
    await expectAccessible()
  })

  test('a run is left out of the corrections, and deleted, and had back', async () => {
    const { host, user } = mountWindow('/predictions', each => {
      each.state.predictions = [wrong, run({})]
    })
    await user.click(await screen.findByRole('switch', { name: /run of Phi-4/ }))
    await waitFor(() => expect(host.state.predictions[0]?.calibrates).toBe(false))
    await user.click(screen.getByRole('button', { name: /Delete the run of Phi-4/ }))
    expect(await screen.findByText('Deleted the run of Phi-4 Q8_0.')).toBeTruthy()
    const rows = () => within(screen.getByRole('region', { name: 'Predicted against measured' })).getAllByRole('row')
    expect(rows()).toHaveLength(2)
    await expectAccessible()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(rows()).toHaveLength(3))
    expect(host.state.predictions.map(each => each.id).sort()).toEqual([1, 2])
    expect(screen.queryByText(/Deleted the run/)).toBeNull()
  })

  test('of many runs the first fifty are shown, the rest when asked for', async () => {
    const { user } = mountWindow('/predictions', host => {
      host.state.predictions = [wrong, ...Array.from({ length: 79 }, (_, index) => run({ id: index + 3, model: `org/model-${index}` }))]
    })
    const table = await screen.findByRole('region', { name: 'Predicted against measured' })
    expect(within(table).getAllByRole('row')).toHaveLength(51)
    await user.click(screen.getByRole('button', { name: 'Show the other 30 runs' }))
    expect(within(screen.getByRole('region', { name: 'Predicted against measured' })).getAllByRole('row')).toHaveLength(81)
    expect(screen.queryByRole('button', { name: /Show the other/ })).toBeNull()
  })

  test('nothing measured yet: it says what fills it', async () => {
    mountWindow('/predictions')
    expect(await screen.findByText(/Nothing has been measured here yet/)).toBeTruthy()
    await expectAccessible()
  })
})
