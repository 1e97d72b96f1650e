// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import type { RuntimeSummary } from '../../electron/contract/runtime'
import { leadDecision } from '../../renderer/features/home/recommend.store'
import { whyNotOthers } from '../../renderer/features/home/why-not'
import { useRuntimes } from '../../renderer/features/shared/runtimes.store'
import { makeDecision, recommendation } from './fixture-decision'
import { expectAccessible, mountWindow } from './mount'

const summaryOf = (id: string, title: string, how: 'native' | 'remote' = 'native'): RuntimeSummary => ({
  ...{ id, title, purpose: 'Serves.', homepage: 'https://example.test', launchable: true, builds: [], offers: [] },
  verdict: { can: true, how, backends: ['cpu'], notes: [] },
})
const blocked = { now: false, missing: [{ kind: 'model' as const, text: 'No source of it can be reached.', bytes: 1, blocked: true }] }
const toInstall = { now: false, missing: [{ kind: 'build' as const, text: 'It has to be installed.', bytes: null }] }

describe('an engine of one’s own choice', () => {
  test('is named and given back to the app; what it cannot do here is said with a way on', async () => {
    const { host, user } = mountWindow()
    const engine = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Engine' })
    useRuntimes.setState({ runtimes: [summaryOf('vllm', 'vLLM'), summaryOf('openai', 'Attached server', 'remote')] })
    await waitFor(() => expect([...engine.options].map(option => option.text)).toEqual(['the best engine', 'vLLM']))
    const why = 'It needs an NVIDIA GPU with compute capability 7.5.'
    host.script.decide = need => ({ ...recommendation, need, decisions: [], rejected: [{ runtime: 'vllm', title: 'vLLM', why }] })
    await user.selectOptions(engine, 'vLLM')
    await waitFor(() => expect(host.asked.decided.at(-1)?.runtime).toBe('vllm'))
    expect(await screen.findByText('vLLM cannot be started for this')).toBeTruthy()
    expect(screen.getByText(why)).toBeTruthy()
    expect(screen.getByRole('link', { name: /What vLLM needs/ }).getAttribute('href')).toContain('/runtimes/vllm')
    await expectAccessible()
    host.script.decide = need => ({ ...recommendation, need })
    await user.click(screen.getByRole('button', { name: 'Let Roundhouse choose' }))
    await waitFor(() => expect(host.asked.decided.at(-1)).not.toHaveProperty('runtime'))
    expect(await screen.findByRole('heading', { name: /Qwen3-8B/ })).toBeTruthy()
  })

  test('is looked at from the list of the others, and undone', async () => {
    const rejected = [{ runtime: 'mlx', title: 'MLX', why: 'It is made for Apple silicon.' }]
    const { host, user } = mountWindow('/', ({ script }) => (script.decide = need => ({ ...recommendation, need, rejected })))
    await screen.findByRole('heading', { name: /Qwen3-8B/ })
    useRuntimes.setState({ runtimes: [summaryOf('mlx', 'MLX')] })
    await user.click(await screen.findByText(/^why not the other/))
    await user.click(await screen.findByRole('button', { name: 'Look at MLX' }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.runtime).toBe('mlx'))
    expect(await screen.findByText('On the engine you named')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(host.asked.decided.at(-1)).not.toHaveProperty('runtime'))
  })

  test('one that stands before the shown one and cannot be had is not left out of the list', () => {
    const before = makeDecision({ rank: 1, runtime: 'beta', runtimeTitle: 'Beta', startable: blocked })
    const shown = makeDecision({ rank: 2 })
    const others = whyNotOthers({ ...recommendation, decisions: [before, shown], rejected: [] }, shown)
    expect(others).toEqual([{ key: 'beta', title: 'Beta', why: 'No source of it can be reached.' }])
  })

  test('leads with its engine test where only that can be had, though the engine has to be installed for it', () => {
    const real = makeDecision({ rank: 1, startable: blocked })
    const tiny = makeDecision({ rank: 2, engineTest: true, startable: toInstall })
    expect(leadDecision({ ...recommendation, decisions: [real, tiny] })?.rank).toBe(2)
  })
})
