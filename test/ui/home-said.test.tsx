// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Decision } from '../../electron/contract/decision'
import type { Machine } from '../../electron/contract/machine'
import { makeDecision, recommendation } from './fixture-decision'
import { gpu, machine } from './fixture-machine'
import { expectAccessible, mountWindow } from './mount'

const mountWith = (decision: Decision, over: Partial<Machine> = {}) =>
  mountWindow('/', ({ script, state }) => {
    script.decide = need => ({ ...recommendation, need, decisions: [decision, ...recommendation.decisions.slice(1)] })
    state.machine.set({ ...machine, ...over })
  })

test('a bar that is drawn with a guess says so beside its figures', async () => {
  const { memory } = makeDecision()
  const devices = memory.devices.map(device => ({ ...device, id: 'ram', name: 'Memory', totalMiB: 4096, freeMiB: 1000 }))
  mountWith(makeDecision({ memory: { ...memory, devices } }), {
    memory: { ...machine.memory, totalMiB: null, availableMiB: null },
  })
  expect(await screen.findByText('3.0 of an assumed 4 GB of memory, other apps guessed')).toBeTruthy()
})

test('what was read is not called a guess', async () => {
  mountWith(makeDecision())
  expect(await screen.findByText('21.5 of 24 GB on RTX 4090, other apps included')).toBeTruthy()
})

test('each part of the bar is explained to the keyboard too', async () => {
  const { user } = mountWith(makeDecision())
  const part = await screen.findByRole('button', { name: /^engine/ })
  for (let presses = 0; presses < 80 && document.activeElement !== part; presses += 1) await user.tab()
  expect(document.activeElement).toBe(part)
  expect(await screen.findByRole('tooltip', { name: /engine, 2\.2.*compute buffers 1\.4 GB, the engine itself 900 MB/ })).toBeTruthy()
  await expectAccessible()
})

test('a wide range says why, and the first token for which prompt', async () => {
  const { speed } = makeDecision()
  mountWith(makeDecision({ speed: { ...speed, promptTokens: 2048, why: 'The memory bandwidth is not known.' } }))
  expect(await screen.findByText('first token of a 2,048-token prompt, about')).toBeTruthy()
  expect(screen.getByText('The memory bandwidth is not known.')).toBeTruthy()
})

test('a download whose engine has no known size does not pass for the whole', async () => {
  const missing = [
    { kind: 'build' as const, text: 'Ollama has to be installed.', bytes: null },
    { kind: 'model' as const, text: 'Qwen3-8B Q8_0 has to be downloaded (8.7 GB).', bytes: 8_710_000_000 },
  ]
  const { user } = mountWith(makeDecision({ startable: { now: false, missing }, downloadBytes: 8_710_000_000 }))
  const cost = await screen.findByText(/the engine comes on top, its size is not known here/)
  expect(cost.textContent).not.toContain('and install')
  await user.hover(screen.getByRole('button', { name: '8.7 GB' }))
  expect(await screen.findByRole('tooltip', { name: /8\.7 GB of them take 8\.1 GB as memory is counted/ })).toBeTruthy()
})

test('every change that leads to another engine can be tried by itself', async () => {
  const each = [
    { text: 'With 30 people at once', need: { users: 30 } },
    { text: 'If it has to be one exact quantisation', need: { must: ['exact-quant'] } },
  ]
  const change = { text: 'With 30 people at once or if …: vLLM.', runtime: 'vllm', need: { users: 30 }, title: 'vLLM', each }
  const { host, user } = mountWith(makeDecision({ changesIf: [change] }))
  await user.click(await screen.findByRole('button', { name: 'Try it: If it has to be one exact quantisation' }))
  await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ users: 8, must: ['exact-quant'] }))
  await user.click(screen.getByRole('button', { name: 'Undo' }))
  await user.click(screen.getByRole('button', { name: 'Try it: With 30 people at once' }))
  await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ users: 30, must: [] }))
  await expectAccessible()
})

test('a server that is started without its model says what loads it', async () => {
  mountWith(makeDecision({ command: ['ollama', 'serve'] }))
  expect(await screen.findByText('The line starts the engine alone; once it runs, Start has it load Qwen3-8B Q8_0.')).toBeTruthy()
})

test('why a card is not used stands at the card, once; of a part of the processor it is asked for', async () => {
  const card = { ...gpu, usable: false, whyNot: 'No driver answers for it.' }
  const part = { ...gpu, id: 'gpu1', name: 'AMD Rembrandt', integrated: true, usable: false, whyNot: 'It shares its memory.' }
  const { user } = mountWith(makeDecision(), {
    gpus: [card, part],
    warnings: [
      { code: 'gpu-not-used', text: `${card.name} (gpu0) is not used for language models. ${card.whyNot}` },
      { code: 'integrated-gpu-not-used', text: `${part.name} (gpu1) is not used for language models. ${part.whyNot}` },
    ],
  })
  expect(await screen.findByText('Not used for LLMs. No driver answers for it.')).toBeTruthy()
  expect(screen.queryByText(/is not used for language models/)).toBeNull()
  await user.hover(screen.getByRole('button', { name: 'why?' }))
  expect(await screen.findByRole('tooltip', { name: 'It shares its memory.' })).toBeTruthy()
  await expectAccessible()
})

test('memory that nobody could read is typed in from where that is said', async () => {
  const { host, user } = mountWith(makeDecision(), {
    memory: { ...machine.memory, totalMiB: null },
    warnings: [{ code: 'memory-unknown', text: 'How much memory the machine has is not known; type it in to get better advice.' }],
  })
  await user.click(await screen.findByRole('button', { name: 'type it in' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Correct a value' }))
  await user.type(dialog.getByRole('textbox', { name: 'Memory in GB' }), '32{Enter}')
  await waitFor(() => expect(host.asked.corrected).toEqual([{ path: 'memory.totalMiB', value: 32_768 }]))
})

test('where nothing can be recommended the reason comes first, and only what was asked for is offered to be taken back', async () => {
  const note = 'No model of the catalogue or the library matches "405B".'
  const { host, user } = mountWindow('/', ({ script, state }) => {
    script.decide = need => ({ ...recommendation, need, decisions: need.model === '405B' ? [] : recommendation.decisions, notes: [note] })
    const { need } = state.settings.value
    state.settings.set({ ...state.settings.value, need: { ...need, model: '405B', users: 1, must: [] } })
  })
  const card = within(await screen.findByRole('region', { name: 'Recommendation' }))
  expect(card.getByText(note)).toBeTruthy()
  expect(screen.getAllByText(note)).toHaveLength(1)
  expect(card.getAllByRole('button').map(each => each.textContent)).toEqual(['Let Roundhouse choose the model'])
  await expectAccessible()
  await user.click(card.getByRole('button', { name: 'Let Roundhouse choose the model' }))
  await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ model: null }))
  expect(await screen.findByRole('heading', { name: /Qwen3-8B/ })).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Undo' })).toBeTruthy()
})

test('a way out that is taken before the last change was answered keeps that change', async () => {
  const { host } = mountWindow('/', ({ script, state }) => {
    script.decide = need => ({ ...recommendation, need, decisions: need.model === '405B' ? [] : recommendation.decisions })
    state.settings.set({ ...state.settings.value, need: { ...state.settings.value.need, model: '405B', users: 8 } })
  })
  const way = await screen.findByRole('button', { name: 'Let Roundhouse choose the model' })
  // Both in one go: no answer comes between.
  fireEvent.click(screen.getByRole('radio', { name: 'just me' }))
  fireEvent.click(way)
  await waitFor(() => expect(host.asked.decided.at(-1)).toMatchObject({ model: null, users: 1 }))
})

test('the evidence says how many published runs of this device are known, and how many are yours', async () => {
  const { speed } = makeDecision()
  const { host, user } = mountWith(
    makeDecision({ speed: { ...speed, runs: { device: 'NVIDIA GeForce RTX 4090', published: 18, own: 0 } } }),
  )
  const known = await screen.findByRole('button', { name: /18 published runs on RTX 4090 known/ })
  expect(known.closest('li')?.textContent).toContain('none yours')
  host.script.decide = need => {
    const decision = makeDecision({ speed: { ...speed, runs: { device: 'RX 580', published: 0, own: 2 } } })
    return { ...recommendation, need, decisions: [decision] }
  }
  await user.click(screen.getByRole('radio', { name: 'just me' }))
  const none = await screen.findByRole('button', { name: 'no published runs on RX 580 known' })
  expect(none.closest('li')?.textContent).toContain('2 of your own')
  await expectAccessible()
})

test('the exact command is that of the start: with the draft where Start brings it along', async () => {
  const draft = {
    ...{ model: 'small', title: 'Small', artifact: 'Q4_0', memoryMiB: 900, downloadBytes: 500_000_000, gain: 1.28 },
    ...{ command: ['llama-server', '-md', 'small.gguf'], text: 'Small can draft for it.', evidence: [] },
  }
  mountWith(makeDecision({ draft }))
  const pane = await screen.findByRole('region', { name: 'Exact command' }).catch(() => screen.getByLabelText('Exact command'))
  expect(pane.textContent).toContain('-md small.gguf')
  expect(screen.getByText(/28 % faster for one user than the speed above, 900 MB more memory than the bar shows/)).toBeTruthy()
  expect(screen.getByText('command without it')).toBeTruthy()
  await expectAccessible()
})

test('a change since the last detection is said whole, and put away by keyboard once it is read', async () => {
  const text = 'The NVIDIA driver changed since yesterday: 580.95 -> 590.48. Engines that want it newer can be tried again.'
  const still = { code: 'gpu-in-use', text: 'GPU memory is held by other programs: 20.0 of 24.0 GB.' }
  const { user } = mountWith(makeDecision(), { warnings: [{ code: 'changed', text, dismiss: 'driver nvidia' }, still] })
  expect(await screen.findByText(text)).toBeTruthy()
  const putAway = screen.getByRole('button', { name: `Dismiss: ${text}` })
  putAway.focus()
  await user.keyboard('{Enter}')
  await waitFor(() => expect(screen.queryByText(text)).toBeNull())
  expect(screen.getByText('GPU memory is held by other programs')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Dismiss/ })).toBeNull()
})
