// @vitest-environment jsdom
import { implement, ORPCError } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { ModelsSnapshot } from '../../../electron/contract/model'
import { makeInstance, makeJob, makeStep } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'
import { makeLibraryModel, makeModels, makeOffered } from './fixture-models'

const test1 = makeLibraryModel({ id: 'roundhouse/canary:Q8_0', title: 'Engine test', origin: 'bundled', engineTest: true })

/** A scripted host that notes what it was asked about models. */
function prepare(models: ModelsSnapshot, asked: string[] = []) {
  return ({ state, router }: ReturnType<typeof createScriptedHost>) => {
    state.models.set(models)
    const os = implement(contract)
    Object.assign(router.models, {
      download: os.models.download.handler(({ input }) => {
        asked.push(`download ${input.id}`)
        return makeJob({ id: 'download-1', kind: 'download' })
      }),
      remove: os.models.remove.handler(({ input }) => void asked.push(`remove ${input.id} ${input.deleteFile}`)),
      refresh: os.models.refresh.handler(() => void asked.push('refresh')),
      importFile: os.models.importFile.handler(({ input }) => {
        asked.push(`import ${input.path}`)
        if (!input.path.endsWith('.gguf')) throw new ORPCError('not-a-gguf', { message: 'The file does not begin as a GGUF file does.' })
        return makeLibraryModel({ origin: 'imported', path: input.path })
      }),
    })
  }
}

describe('Models', () => {
  test('lists what is here with its state and use, and the catalogue with a verdict for each file', async () => {
    const missing = makeLibraryModel({
      id: 'local/b:Q4_0',
      title: 'Gone',
      origin: 'imported',
      state: 'missing',
      why: 'The file is not there any more.',
    })
    const { user } = mountWindow('/models', host => {
      prepare(makeModels({ library: [test1, makeLibraryModel(), missing], offered: [makeOffered('org/big')] }))(host)
      host.state.instances.set([makeInstance({ model: 'org/small:Q8_0' })])
    })
    const row = within(await screen.findByRole('row', { name: /^Small/ }))
    expect(row.getByRole('link', { name: 'llama-cpp-1' })).toBeTruthy()
    expect(row.getByRole<HTMLButtonElement>('button', { name: 'Small Q8_0 is in use, stop it first' }).disabled).toBe(true)
    expect(screen.getByText('knows its answers by heart')).toBeTruthy()
    expect(screen.getByText(/: The file is not there any more\./)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: /^Say where Gone .*is now$/ }))
    expect(screen.getByRole('dialog', { name: /^Where is Gone .*now\?$/ })).toBeTruthy()
    await user.keyboard('{Escape}')
    expect(screen.getByText('fits, 79 %')).toBeTruthy()
    expect(screen.queryByText('partly: 31 of 36 layers')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Q8_0, 2 other files of big' }))
    expect(screen.getByText('partly: 31 of 36 layers')).toBeTruthy()
    await user.type(screen.getByRole('searchbox', { name: 'Search models' }), 'nothing like it')
    expect(screen.getAllByText('None matches.')).toHaveLength(2)
    await expectAccessible()
  })

  test('downloads in the row: progress, cancel, and again where it failed', async () => {
    const asked: string[] = []
    const { host, user } = mountWindow('/models', prepare(makeModels({ offered: [makeOffered('org/big')] }), asked))
    await user.click(await screen.findByRole('button', { name: 'Download big Q8_0' }))
    await waitFor(() => expect(asked).toEqual(['download org/big:Q8_0']))
    const step = makeStep('download', { state: 'running', done: 1e9, total: 4e9, unit: 'bytes' })
    host.state.jobs.set([makeJob({ id: 'd', kind: 'download', title: 'big Q8_0', steps: [step] })])
    expect(await screen.findByText('25 %, 46 MB/s, 1 min 44 s left')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Cancel the download of big Q8_0' }))
    await waitFor(() => expect(host.asked.cancelled).toEqual(['d']))
    const failure = { code: 'download-failed', message: 'The connection broke.', suggestion: null }
    host.state.jobs.set([makeJob({ id: 'd', kind: 'download', title: 'big Q8_0', state: 'failed', failure })])
    expect(await screen.findByText('The connection broke.')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Retry the download of big Q8_0' })).toBeTruthy()
  })

  test('deletes only what was downloaded, and asks before', async () => {
    const asked: string[] = []
    const imported = makeLibraryModel({ id: 'local/own:Q4_0', title: 'Own', artifactId: null, origin: 'imported' })
    const { user } = mountWindow('/models', prepare(makeModels({ library: [makeLibraryModel(), imported, test1] }), asked))
    await user.click(await screen.findByRole('button', { name: 'Remove Small Q8_0' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove Small Q8_0?' }))
    expect(dialog.getByText('Its file is deleted, which frees 290 MB.')).toBeTruthy()
    await user.click(dialog.getByRole('button', { name: 'Remove' }))
    await user.click(screen.getByRole('button', { name: 'Remove Own' }))
    expect(await screen.findByText('It leaves the list; its file stays where it is.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(asked).toEqual(['remove org/small:Q8_0 true', 'remove local/own:Q4_0 false']))
    expect(screen.queryByRole('button', { name: /Remove Engine test/ })).toBeNull()
  })

  test('imports a file by its path and says in plain words what is wrong with one', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models', prepare(makeModels(), asked))
    await user.click(await screen.findByRole('button', { name: 'Import a model…' }))
    const field = await screen.findByLabelText('Path of the file or folder')
    await user.type(field, '/tmp/notes.txt{Enter}')
    expect(await screen.findByText(/The file does not begin as a GGUF file does\./)).toBeTruthy()
    await user.clear(field)
    await user.type(field, '"/models/own.gguf"')
    await user.click(screen.getByRole('button', { name: 'Import' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(asked).toEqual(['import /tmp/notes.txt', 'import /models/own.gguf'])
  })

  test('in the shell the file is chosen in the dialog of the system', async () => {
    const asked: string[] = []
    Object.assign(globalThis, { roundhouse: { chooseModelFile: () => Promise.resolve('/chosen/model.gguf') } })
    const { user } = mountWindow('/models', prepare(makeModels(), asked))
    await user.click(await screen.findByRole('button', { name: 'Import a model…' }))
    await user.click(await screen.findByRole('button', { name: 'Choose a file…' }))
    await waitFor(() => expect(asked).toEqual(['import /chosen/model.gguf']))
    Reflect.deleteProperty(globalThis, 'roundhouse')
  })

  test('without a network it says what works and what a network would add', async () => {
    const asked: string[] = []
    const offered = makeOffered('org/big')
    const none = { ...offered, artifacts: offered.artifacts.map(each => ({ ...each, source: null, why: 'The hub does not answer.' })) }
    const { user } = mountWindow(
      '/models',
      prepare(makeModels({ library: [test1], offered: [none], reachable: { hub: false, pypi: false } }), asked),
    )
    expect(await screen.findByText(/With one, 1 more model of the catalogue can be downloaded\./)).toBeTruthy()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Download big Q8_0' }).disabled).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Ask again' }))
    await waitFor(() => expect(asked).toEqual(['refresh']))
  })
})
