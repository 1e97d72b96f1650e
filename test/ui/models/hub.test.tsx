// @vitest-environment jsdom
import { implement, ORPCError } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { HubModel, HubQuery, HubRepository } from '../../../electron/contract/hub'
import type { Transfer } from '../../../electron/contract/model'
import { emptyHub, useHub } from '../../../renderer/features/models/hub.store'
import { makeJob, makeStep } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'
import { makeModels } from './fixture-models'

const os = implement(contract).models
const found: HubModel = {
  ...{ id: 'org/name-GGUF', downloads: 950_000, likes: 12, updatedAt: '2026-05-01T00:00:00Z', gated: true, licence: 'mit' },
  ...{ parameters: 8.2e9, formats: ['gguf'], fit: { verdict: 'fits', text: 'fits, 43 %' } },
}
const repository: HubRepository = {
  ...{
    id: found.id,
    commit: 'a'.repeat(40),
    page: 'https://hub.example/org/name-GGUF',
    licence: 'mit',
    licenceLink: null,
    parameters: 8.2e9,
  },
  access: 'open',
  artifacts: [
    {
      ...{ id: 'Q4_K_M', format: 'gguf', quantisation: 'Q4_K_M', bytes: 5e9, files: [{ path: 'a.gguf', bytes: 5e9, sha256: null }] },
      ...{
        fit: { verdict: 'partly', text: 'partly: 31 of 40 layers on the GPU, about 3x slower' },
        loadedBy: ['One'],
        why: null,
        libraryId: null,
      },
    },
  ],
  projectors: [],
  refused: [{ file: 'old.bin', why: 'A Python pickle can run code when it is opened' }],
}
const transfer: Transfer = {
  ...{ id: 'org/name:Q4', repository: 'org/name', commit: 'b'.repeat(40), artifact: 'Q4', state: 'running', job: 'd' },
  ...{ doneBytes: 0, totalBytes: 4e9, why: null, addedAt: '' },
}

beforeEach(() => useHub.setState(emptyHub, true))

interface Script {
  asked?: string[]
  search?: (query: HubQuery) => void
  access?: HubRepository['access']
}

function prepare({ asked = [], search = () => undefined, access = 'open' }: Script = {}) {
  return ({ router }: ReturnType<typeof createScriptedHost>) => {
    const note = (text: string) => void asked.push(text)
    Object.assign(router.models, {
      hub: {
        search: os.hub.search.handler(({ input }) => {
          note(`search ${input.text} ${input.format} ${input.sort} ${input.fits}`)
          search(input)
          return { host: 'hub.example', models: [found], leftOut: input.fits ? 7 : 0, cursor: null }
        }),
        repository: os.hub.repository.handler(() => ({ ...repository, access })),
        download: os.hub.download.handler(({ input }) => {
          note(`download ${input.id} ${input.artifact}`)
          return makeJob({ id: 'd', kind: 'download' })
        }),
        token: os.hub.token.handler(() => ({ from: null, host: 'hub.example', account: null })),
        setToken: os.hub.setToken.handler(({ input }) => {
          note(`token ${input.token}`)
          if (input.token === 'hf_wrong') throw new ORPCError('gated', { message: 'The hub does not know this token.' })
          return { from: 'stored', host: 'hub.example', account: 'ada' }
        }),
      },
      transfers: {
        pause: os.transfers.pause.handler(({ input }) => note(`pause ${input.id}`)),
        resume: os.transfers.resume.handler(({ input }) => {
          note(`resume ${input.id}`)
          return makeJob({ id: 'd2', kind: 'download' })
        }),
        discard: os.transfers.discard.handler(({ input }) => note(`discard ${input.id}`)),
      },
    })
  }
}

describe('The hub', () => {
  test('is searched with filters, and a repository offers its files with verdicts', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models/hub', prepare({ asked }))
    expect(await screen.findByText('fits, 43 %')).toBeTruthy()
    await user.type(screen.getByRole('searchbox', { name: 'Search the hub' }), 'qwen{Enter}')
    await user.click(screen.getByRole('switch', { name: 'fits here' }))
    await waitFor(() => expect(asked.at(-1)).toBe('search qwen gguf downloads true'))
    expect(await screen.findByText('1 shown, 7 left out')).toBeTruthy()
    await expectAccessible()
    await user.click(screen.getByRole('link', { name: 'org/name-GGUF' }))
    expect(await screen.findByText('partly: 31 of 40 layers on the GPU, about 3x slower')).toBeTruthy()
    expect(screen.getByText('1 file is not offered')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Download org/name-GGUF:Q4_K_M' }))
    await waitFor(() => expect(asked).toContain('download org/name-GGUF Q4_K_M'))
    await expectAccessible()
  })

  test('out of reach says so in a line, and what works without', async () => {
    const fail = () => {
      throw new ORPCError('offline', { message: 'hub.example cannot be reached: refused' })
    }
    mountWindow('/models/hub', prepare({ search: fail }))
    expect(await screen.findByText('The hub cannot be reached from here')).toBeTruthy()
    expect(screen.getByText(/The library and files on this machine work/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Ask again' })).toBeTruthy()
    await expectAccessible()
  })

  test('that asks for consent says the step that is left, and takes a token', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models/hub/org/name-GGUF', prepare({ asked, access: 'needs-token' }))
    expect(await screen.findByText(/It is gated: accept its terms on its page/)).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Download org/name-GGUF:Q4_K_M' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Token…' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Token for gated models' }))
    expect(await dialog.findByText('No token is sent to hub.example.')).toBeTruthy()
    await user.type(dialog.getByLabelText('New token'), 'hf_wrong{Enter}')
    expect(await dialog.findByText(/The hub does not know this token/)).toBeTruthy()
    await user.clear(dialog.getByLabelText('New token'))
    await user.type(dialog.getByLabelText('New token'), 'hf_right{Enter}')
    expect(await dialog.findByText(/The token of ada is sent to hub\.example/)).toBeTruthy()
    expect(asked).toEqual(['token hf_wrong', 'token hf_right'])
    await expectAccessible()
  })
})

describe('Downloads', () => {
  test('run, are paused, go on, and are given up', async () => {
    const asked: string[] = []
    const paused = { ...transfer, id: 'org/other:Q8', repository: 'org/other', state: 'paused' as const, job: null, doneBytes: 1e9 }
    const failed = {
      ...transfer,
      id: 'org/third:Q8',
      repository: 'org/third',
      state: 'failed' as const,
      job: null,
      why: 'The disk is full',
    }
    const step = makeStep('download', { state: 'running', done: 1e9, total: 4e9, unit: 'bytes' })
    const { user } = mountWindow('/models/downloads', host => {
      prepare({ asked })(host)
      host.state.models.set(makeModels({ transfers: [transfer, paused, failed] }))
      host.state.jobs.set([makeJob({ id: 'd', kind: 'download', steps: [step] })])
    })
    expect(await screen.findByText('1 running, 2 waiting')).toBeTruthy()
    expect(screen.getByText('The disk is full')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Pause org/name:Q4' }))
    await user.click(screen.getByRole('button', { name: 'Go on with org/other:Q8' }))
    await user.click(screen.getByRole('button', { name: 'Try again org/third:Q8' }))
    // Gigabytes are not given up by one click; who keeps them is where they were.
    const giveUp = () => screen.getByRole('button', { name: 'Give up org/other:Q8 and delete what came' })
    await user.click(giveUp())
    const asking = within(screen.getByRole('group', { name: 'Delete 1.0 GB that came?' }))
    expect(document.activeElement).toBe(asking.getByRole('button', { name: 'Keep it' }))
    await expectAccessible()
    await user.keyboard('{Enter}')
    expect(document.activeElement).toBe(giveUp())
    expect(asked).not.toContain('discard org/other:Q8')
    await user.click(giveUp())
    await user.click(screen.getByRole('button', { name: 'Delete' }))
    await waitFor(() => expect(asked).toEqual(['pause org/name:Q4', 'resume org/other:Q8', 'resume org/third:Q8', 'discard org/other:Q8']))
    await expectAccessible()
  })

  test('of nothing teach where to begin', async () => {
    mountWindow('/models/downloads', prepare())
    expect(await screen.findByRole('link', { name: 'Search the hub' })).toBeTruthy()
  })
})
