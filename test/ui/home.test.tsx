// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { makeDecision, recommendation } from './fixture-decision'
import { machine } from './fixture-machine'
import { expectAccessible, mountWindow } from './mount'

describe('Home', () => {
  test('shows the machine, what was wanted last time, and the decision with its reason', async () => {
    mountWindow()
    expect(await screen.findByText('RTX 4090', { selector: 'b' })).toBeTruthy()
    expect(await screen.findByText('21.9 GB free')).toBeTruthy()
    expect(await screen.findByRole('heading', { name: 'llama-server b9000 + Qwen3-8B Q8_0 + 8k context each' })).toBeTruthy()
    expect(screen.getByText('eight users at once need parallel slots')).toBeTruthy()
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'RAG / API' }).checked).toBe(true)
    expect(
      screen.getByRole('img', { name: /weights 8\.1 GB, KV cache 9\.0 GB, engine 2\.2 GB, other apps 2\.1 GB, free 2\.5 GB of 24 GB/ }),
    ).toBeTruthy()
    expect(screen.getByText('fits, 90 %')).toBeTruthy()
    await expectAccessible()
  })

  test('every change of the need is decided again, without losing the answer meanwhile', async () => {
    const { host, user } = mountWindow()
    await screen.findByRole('heading', { name: /Qwen3-8B/ })
    await user.click(screen.getByRole('radio', { name: 'just me' }))
    expect(screen.getByRole('heading', { name: /Qwen3-8B/ })).toBeTruthy()
    await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ users: 1, task: 'rag-api' }))
    await user.click(screen.getByRole('checkbox', { name: /^quality/ }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.priorities).toEqual(['throughput', 'maintenance', 'quality']))
    await waitFor(() => expect(host.state.settings.value.need.users).toBe(1))
  })

  test('a must-have is added from the menu and taken away by its chip', async () => {
    const { host, user } = mountWindow()
    await user.click(await screen.findByRole('button', { name: 'Add a must-have' }))
    await user.click(await screen.findByRole('menuitemcheckbox', { name: /headless/ }))
    await user.keyboard('{Escape}')
    await waitFor(() => expect(host.asked.decided.at(-1)?.must).toEqual(['headless']))
    await user.click(screen.getByRole('button', { name: 'Remove headless' }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.must).toEqual([]))
  })

  test('the language of the answers and what the model must be able to do are chosen by keyboard or mouse', async () => {
    const { host, user } = mountWindow()
    const language = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Language of the answers' })
    expect(language.value).toBe('')
    await user.selectOptions(language, 'German')
    await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ language: 'de', users: 8 }))
    const able = within(screen.getByRole('group', { name: 'The model must be able to' }))
    await user.click(able.getByRole('checkbox', { name: 'see pictures' }))
    able.getByRole('checkbox', { name: 'use tools' }).focus()
    await user.keyboard(' ')
    await waitFor(() => expect(host.asked.decided.at(-1)?.abilities).toEqual(['tools', 'vision']))
    await waitFor(() => expect(host.state.settings.value.need).toMatchObject({ language: 'de', abilities: ['tools', 'vision'] }))
    await expectAccessible()
    await user.click(able.getByRole('checkbox', { name: 'see pictures' }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.abilities).toEqual(['tools']))
    await user.selectOptions(language, 'English or any')
    await waitFor(() => expect(host.asked.decided.at(-1)?.language).toBeUndefined())
  })

  test('a language that is not in the list is kept and shown', async () => {
    mountWindow('/', ({ state }) => {
      const { need } = state.settings.value
      state.settings.set({ ...state.settings.value, need: { ...need, language: 'is' } })
    })
    const language = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Language of the answers' })
    expect(language.selectedOptions[0]?.textContent).toBe('Icelandic')
  })

  test('"Try it" applies the change and can be undone', async () => {
    const { host, user } = mountWindow()
    await user.click(await screen.findByRole('button', { name: 'Try it' }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.users).toBe(1))
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(host.asked.decided.at(-1)?.users).toBe(8))
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
  })

  test('the runner-up can be looked at in full, and the recommended had back', async () => {
    const { user } = mountWindow()
    await user.click(await screen.findByRole('button', { name: 'Look at it' }))
    expect(screen.getByRole('heading', { name: /^Ollama \+ Qwen3-8B Q4_K_M/ })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'back to the recommended' }))
    expect(screen.getByRole('heading', { name: /^llama-server b9000/ })).toBeTruthy()
  })

  test('Start asks for exactly the decision and shows its sequence', async () => {
    const { host, user } = mountWindow()
    await user.click(await screen.findByRole('button', { name: 'Start' }))
    await screen.findByRole('list', { name: 'Steps of this start' })
    expect(host.asked.started).toEqual([
      expect.objectContaining({ runtime: 'llama.cpp', model: 'Qwen/Qwen3-8B:Q8_0', contextTokens: 8192, slots: 8, insist: false }),
    ])
    expect(location.hash).toBe('#/start/job-1')
  })

  test('what does not fit warns, and starts only for someone who insists', async () => {
    const tooBig = makeDecision({
      startable: { now: false, missing: [{ kind: 'memory', text: 'It needs 31 GB; 24 GB is there.', bytes: null }] },
      memory: { ...makeDecision().memory, fits: false },
    })
    const { host, user } = mountWindow('/', ({ script }) => {
      script.decide = need => ({ ...recommendation, need, decisions: [tooBig] })
    })
    await user.click(await screen.findByRole('button', { name: 'Start anyway' }))
    expect(host.asked.started).toEqual([])
    const dialog = await screen.findByRole('dialog', { name: 'Start although it does not fit?' })
    await user.click(within(dialog).getByRole('button', { name: 'Start anyway' }))
    await waitFor(() => expect(host.asked.started).toEqual([expect.objectContaining({ insist: true })]))
  })

  test('what this app cannot start has no Start, but what can be started instead has', async () => {
    const foreign = makeDecision({
      startable: { now: false, missing: [{ kind: 'unsupported', text: 'Not yet: run the command.', bytes: null }] },
    })
    const { host, user } = mountWindow('/', ({ script }) => {
      script.decide = need => ({ ...recommendation, need, decisions: [foreign, ...recommendation.decisions.slice(1)] })
    })
    const [, , test] = recommendation.decisions
    if (!test) throw new Error('The answer has no engine test.')
    host.script.decide = need => ({ ...recommendation, need, decisions: [foreign, test] })
    await user.click(await screen.findByRole('radio', { name: 'just me' }))
    expect(await screen.findByText('Can be started now')).toBeTruthy()
    expect(screen.getByRole('heading', { name: /Engine test/ })).toBeTruthy()
    expect(screen.queryByText('Speed', { selector: 'dt' })).toBeNull()
    const better = screen.getByText('Better, once it can be had').closest('li')
    expect(better?.textContent).toContain('Not yet: run the command')
    if (!better) throw new Error('The better one is no list item.')
    await user.click(within(better).getByRole('button', { name: 'Look at it' }))
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'back to what starts here' }))
    await user.click(screen.getByRole('button', { name: 'Start' }))
    await waitFor(() => expect(host.asked.started[0]).toMatchObject({ model: 'roundhouse/canary:F16' }))
    expect(await screen.findByText(/engine test: it knows its answers by heart/)).toBeTruthy()
    expect(screen.queryByRole('columnheader', { name: 'off by' })).toBeNull()
  })

  test('where the best cannot be had, the best that can be leads, with a Start that works and what the better one needs', async () => {
    const missing = [{ kind: 'model' as const, text: 'No source of it can be reached now.', bytes: 17_500_000_000, blocked: true }]
    const far = makeDecision({ startable: { now: false, missing } })
    const small = makeDecision({
      rank: 2,
      model: 'HuggingFaceTB/SmolLM2',
      modelTitle: 'SmolLM2 135M',
      artifact: 'Q4_1',
      downloadBytes: 98_000_000,
    })
    const { host, user } = mountWindow('/', ({ script }) => {
      script.decide = need => ({ ...recommendation, need, decisions: [far, small, ...recommendation.decisions.slice(2)] })
    })
    expect(await screen.findByText('The best that can be had from here')).toBeTruthy()
    expect(screen.getByRole('heading', { name: /SmolLM2 135M Q4_1/ })).toBeTruthy()
    expect(screen.getByText('No source of it can be reached now.')).toBeTruthy()
    expect(screen.queryByText(/Cannot be started now/)).toBeNull()
    await expectAccessible()
    await user.click(screen.getByRole('button', { name: 'Start' }))
    await waitFor(() => expect(host.asked.started[0]?.model).toBe('HuggingFaceTB/SmolLM2:Q4_1'))
  })

  test('when deciding fails it says so, and tries again on demand', async () => {
    let broken = true
    const { user } = mountWindow('/', ({ script }) => {
      script.decide = need => {
        if (broken) throw new Error('no catalogue')
        return { ...recommendation, need }
      }
    })
    expect(await screen.findByRole('alert', { name: 'The recommendation could not be worked out' })).toBeTruthy()
    broken = false
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: /Qwen3-8B/ })).toBeTruthy()
  })
})

describe('what if', () => {
  async function opened(prepare?: Parameters<typeof mountWindow>[1]) {
    const { host, user } = mountWindow('/', prepare)
    const panel = within(await screen.findByRole('region', { name: 'What if' }))
    expect(panel.queryByRole('slider')).toBeNull()
    await user.click(panel.getByText(/^What if: another card/))
    await panel.findByRole('slider', { name: 'Context of each' })
    return { host, user, panel }
  }

  test('opens to what other hardware would bring; a slider asks, and says what changes and why', async () => {
    const { host, user, panel } = await opened()
    expect(panel.getByText(/^Move something above/)).toBeTruthy()
    expect(await panel.findByText(/Qwen3-32B instead of Qwen3-8B/)).toBeTruthy()
    expect(host.asked.whatIf).toEqual([])
    await expectAccessible()
    fireEvent.change(panel.getByRole('slider', { name: 'Context of each' }), { target: { value: '15' } })
    expect(await panel.findByText('Q4_K_M instead of Q8_0, for the longer cache.')).toBeTruthy()
    expect(host.asked.whatIf.at(-1)).toMatchObject({ change: { contextTokens: 32_768 } })
    const model = within(panel.getByRole('row', { name: /^model/ }))
    expect(model.getAllByRole('cell').map(each => each.textContent)).toEqual(['Qwen3-8B Q8_0', 'Qwen3-8B Q4_K_M'])
    await expectAccessible()
    await user.click(panel.getByRole('button', { name: 'As it is' }))
    expect(await panel.findByText(/^Move something above/)).toBeTruthy()
    expect(host.asked.decided.every(each => each.contextTokens !== 32_768)).toBe(true)
  })

  test('a card is looked at from the list, and what fails says so', async () => {
    const { host, user, panel } = await opened()
    await user.click(await panel.findByRole('button', { name: 'Look: GeForce RTX 5090' }))
    expect(await panel.findByText('Qwen3-32B instead of Qwen3-8B: it fits now.')).toBeTruthy()
    expect(host.asked.whatIf.at(-1)).toMatchObject({ machine: { gpu: 'GeForce RTX 5090' } })
    expect(panel.getByRole<HTMLSelectElement>('combobox', { name: 'Graphics card' }).value).toBe('GeForce RTX 5090')
    host.script.whatIf = () => {
      throw new Error('no catalogue')
    }
    await user.selectOptions(panel.getByRole('combobox', { name: 'Quantisation' }), 'Q6_K')
    await waitFor(() => expect(panel.queryByText(/it fits now/)).toBeNull())
    expect(panel.queryByText(/^Move something above/)).toBeNull()
  })
})

describe('the machine', () => {
  test('a value is corrected in its own unit and taken back', async () => {
    const { host, user } = mountWindow('/', ({ state }) =>
      state.machine.set({
        ...machine,
        origins: { ...machine.origins, 'memory.bandwidthGBps': { kind: 'person', from: 'typed in' } },
      }),
    )
    await screen.findByText('Ubuntu 24.04')
    await user.click(screen.getByRole('button', { name: 'Correct a value' }))
    const field = await screen.findByRole('textbox', { name: 'NVIDIA GeForce RTX 4090: memory in GB' })
    await user.clear(field)
    await user.type(field, '22{Enter}')
    await waitFor(() => expect(host.asked.corrected).toEqual([{ path: 'gpus.gpu0.vramMiB', value: 22_528 }]))
    await user.click(screen.getByRole('button', { name: 'Take back Memory bandwidth' }))
    await waitFor(() => expect(host.asked.corrected.at(-1)).toEqual({ path: 'memory.bandwidthGBps', value: null }))
  })

  test('an unknown value says why, on hover', async () => {
    const { user } = mountWindow('/', ({ state }) =>
      state.machine.set({
        ...machine,
        cpu: { ...machine.cpu, physicalCores: null },
        unknown: { 'cpu.physicalCores': 'The container hides the topology.' },
      }),
    )
    await user.hover(await screen.findByRole('button', { name: 'physical cores unknown' }))
    expect(await screen.findByRole('tooltip', { name: /The container hides the topology/ })).toBeTruthy()
  })
})
