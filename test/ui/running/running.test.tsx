// @vitest-environment jsdom
import { implement, ORPCError } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { Instance, LogEvent } from '../../../electron/contract/instance'
import { startRequestSchema } from '../../../electron/contract/instance'
import { makeInstance } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'

const at = '2026-01-15T11:31:00.000Z'
const request = startRequestSchema.parse({ runtime: 'llama.cpp', build: null, model: 'Qwen/Qwen3-8B:Q8_0', contextTokens: 8192, slots: 8 })
const failed = makeInstance({
  id: 'llama-cpp-2',
  pid: null,
  proof: null,
  request,
  state: {
    kind: 'failed',
    since: at,
    autopsy: {
      cause: 'out-of-memory',
      headline: 'The card was full',
      explanation: 'It asked for 12.6 GB and 1.9 GB were free.',
      lines: ['cudaMalloc failed: out of memory'],
      exitCode: 1,
      signal: null,
      permanent: true,
      at,
      fixes: [{ title: 'Start with 4k context', detail: null, action: { kind: 'restart-with', contextTokens: 4096 } }],
    },
  },
})

/** Gives a scripted host logs whose lines a test writes. */
function prepare(instances: Instance[], events: LogEvent[] = []) {
  return ({ state, router }: ReturnType<typeof createScriptedHost>) => {
    state.instances.set(instances)
    const os = implement(contract)
    Object.assign(router.instances, {
      logs: os.instances.logs.handler(async function* ({ signal }) {
        yield* events
        await new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }))
      }),
      attach: os.instances.attach.handler(({ input }) => {
        if (!input.address.includes('8080')) throw new ORPCError('upstream-failed', { message: 'Nothing answers there.' })
        const attached = makeInstance({ id: 'openai-1', adopted: true, proof: null, route: input.model ?? 'its-model' })
        state.instances.set([...state.instances.value, attached])
        return attached
      }),
    })
  }
}

const lines: LogEvent = {
  type: 'snapshot',
  dropped: 7,
  lines: [
    { sequence: 1, at, stream: 'err', level: 'info', text: 'model loaded' },
    { sequence: 2, at, stream: 'err', level: 'warn', text: 'context is shorter than the model was made for' },
  ],
}

describe('Running', () => {
  test('shows every process, the proof of the chosen one and its log', async () => {
    mountWindow('/running/llama-cpp-1', prepare([makeInstance({ request }), failed], [lines]))
    const row = await screen.findByRole('row', { name: /llama-cpp-1 llama-server b9000, Qwen3-8B Q8_0/ })
    expect(within(row).getByText('18.9 GB')).toBeTruthy()
    expect(within(row).getByText('Ready')).toBeTruthy()
    expect(screen.getByText('1 ready, 1 failed')).toBeTruthy()
    expect(screen.getByText('not restarted: would fail the same way')).toBeTruthy()
    expect(screen.getByText(/seen in the driver/)).toBeTruthy()
    expect(screen.getByText('0.28 s')).toBeTruthy()
    expect(await screen.findByPlaceholderText('Search 2 lines')).toBeTruthy()
    expect(screen.getByText('7 earlier lines are no longer kept.')).toBeTruthy()
    expect(screen.getByRole('region', { name: 'Exact command' }).textContent).toContain('--ctx-size 65536')
    await expectAccessible()
  })

  test('stops an instance, and starts it again with another context', async () => {
    const { host, user } = mountWindow('/running', prepare([makeInstance({ request })]))
    await user.click(await screen.findByRole('button', { name: 'Stop llama-cpp-1' }))
    await waitFor(() => expect(host.asked.stopped).toEqual(['llama-cpp-1']))
    await user.click(screen.getByRole('button', { name: 'Restart…' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Restart llama-cpp-1' }))
    const context = dialog.getByLabelText('Context of each slot, tokens')
    await user.clear(context)
    await user.type(context, '12')
    expect(dialog.getByText('A whole number of 128 tokens or more.')).toBeTruthy()
    await user.clear(context)
    await user.type(context, '4,096')
    await user.click(dialog.getByRole('button', { name: 'Restart' }))
    await waitFor(() => expect(host.asked.restarted).toEqual([{ id: 'llama-cpp-1', request: { ...request, contextTokens: 4096 } }]))
    expect(location.hash).toBe('#/start/job-restart')
  })

  test('explains a failed start and does what its buttons say', async () => {
    const { host, user } = mountWindow('/running', prepare([makeInstance(), failed]))
    const card = within(await screen.findByRole('alert', { name: 'The card was full' }))
    expect(card.getByText('cudaMalloc failed: out of memory')).toBeTruthy()
    await user.click(card.getByRole('button', { name: 'Start with 4k context' }))
    await waitFor(() => expect(host.asked.restarted[0]).toMatchObject({ id: 'llama-cpp-2', request: { contextTokens: 4096 } }))
  })

  test('attaches a server, and says what is wrong with one that does not answer', async () => {
    const { user } = mountWindow('/running', prepare([]))
    await user.click(await screen.findByRole('button', { name: 'Attach a running server' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Attach a running server' }))
    await user.type(dialog.getByLabelText('Address'), '127.0.0.1:1/v1{Enter}')
    expect(await dialog.findByText('Nothing answers there.')).toBeTruthy()
    await user.clear(dialog.getByLabelText('Address'))
    await user.type(dialog.getByLabelText('Address'), '127.0.0.1:8080/v1')
    await user.type(dialog.getByLabelText('Model'), 'qwen')
    await user.click(dialog.getByRole('button', { name: 'Attach' }))
    await waitFor(() => expect(location.hash).toBe('#/running/openai-1'))
    expect(await screen.findByRole('button', { name: 'Detach openai-1' })).toBeTruthy()
    expect(await screen.findByText(/Nothing was measured: it was attached/)).toBeTruthy()
  })
})
