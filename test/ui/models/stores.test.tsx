// @vitest-environment jsdom
import { implement, ORPCError } from '@orpc/server'
import { screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, test } from 'vitest'
import { contract } from '../../../electron/contract'
import type { LinkPreview, StoredModel, StoresSnapshot } from '../../../electron/contract/model-store'
import { useStores } from '../../../renderer/features/models/stores.store'
import { makeJob } from '../fixture-run'
import { expectAccessible, mountWindow } from '../mount'
import type { createScriptedHost } from '../scripted-host'
import { makeLibraryModel, makeModels } from './fixture-models'

const os = implement(contract).models
const stored = (store: string, over: Partial<StoredModel> = {}): StoredModel => ({
  ...{ id: `${store}/small`, store, name: 'small', format: 'gguf', path: `/${store}/small.gguf`, bytes: 5e9, commit: null, why: null },
  ...{ files: [{ path: `/${store}/small.gguf`, bytes: 5e9, sha256: 'x', inode: store }], libraryId: null },
  ...over,
})
const store = (id: string, title: string, kind: 'program' | 'own' | 'added' = 'program') => ({
  ...{ id, title, folder: `/${id}`.replace('//', '/'), kind, models: 1, bytes: 5e9, why: null },
})
const snapshot: StoresSnapshot = {
  stores: [store('one', 'Program One'), store('two', 'Program Two'), store('/disk', '/disk', 'added')],
  models: [stored('one'), stored('two'), stored('one', { id: 'one/bad', name: 'bad', why: 'Its weights are Python pickles' })],
  duplicates: [{ id: 'd', name: 'small', bytes: 5e9, copies: ['one/small', 'two/small'], savingBytes: 5e9 }],
  links: [{ id: 'l', at: '', kind: 'replaced', name: 'earlier', savedBytes: 2e9, files: [], library: null }],
  ...{ unhashedBytes: 3e9, scannedAt: '2026-01-01', job: null },
}
const preview: LinkPreview = {
  ...{ kind: 'replaced', name: 'small', savedBytes: 5e9, why: null },
  steps: [{ path: '/two/small.gguf', keeper: '/one/small.gguf', bytes: 5e9, owner: 'Program Two', does: 'becomes a hard link' }],
}

beforeEach(() => useStores.setState({ stores: null }))

function prepare(asked: string[], stores: StoresSnapshot = snapshot) {
  return ({ router, state }: ReturnType<typeof createScriptedHost>) => {
    const job = (text: string) => {
      asked.push(text)
      return makeJob({ id: 'j', kind: 'import' })
    }
    state.models.set(makeModels({ library: [makeLibraryModel()] }))
    Object.assign(router.models, {
      moveFolder: os.moveFolder.handler(({ input }) => {
        if (!input.folder.startsWith('/')) throw new ORPCError('bad-input', { message: 'It is not a full path' })
        return job(`move ${input.folder}`)
      }),
      reach: os.reach.handler(() => [
        { runtime: 'a', title: 'Loader', loads: true, why: null, instead: null },
        {
          ...{ runtime: 'b', title: 'Other', loads: false, why: 'It loads safetensors, and this is gguf' },
          instead: { kind: 'download' as const, id: 'org/small:BF16', title: 'Small BF16', bytes: 1.2e9 },
        },
      ]),
      conversions: {
        list: os.conversions.list.handler(() => [
          {
            id: 'q',
            title: 'to a smaller GGUF',
            gives: 'gguf',
            choices: ['Q4_K_M', 'Q8_0'],
            bytes: 1e9,
            command: 'tool in out',
            why: null,
            install: null,
          },
          {
            ...{
              id: 'm',
              title: 'to MLX',
              gives: 'mlx',
              choices: [],
              bytes: null,
              command: null,
              why: 'It needs a tool, which is not on this machine',
            },
            install: { title: 'The tool', command: 'pip install tool', page: null },
          },
          {
            ...{ id: 'f', title: 'to fetch', gives: 'gguf', choices: ['Q6_K'], bytes: 2e9, command: null, why: 'It needs a thing' },
            install: {
              ...{ title: 'The thing', command: null, page: null },
              packs: [{ id: 'p', title: 'The pack', bytes: 20e6, diskBytes: 60e6, source: 'an index: thing==1', why: null }],
            },
          },
        ]),
        run: os.conversions.run.handler(({ input }) =>
          job(`convert ${input.conversion} ${input.choice}${input.install ? ' with its tools' : ''}`),
        ),
        tools: os.conversions.tools.handler(() => (asked.includes('free kept') ? [] : [{ id: 'kept', title: 'Old tools', bytes: 5e9 }])),
        removeTools: os.conversions.removeTools.handler(({ input }) => void asked.push(`free ${input.id}`)),
      },
      stores: {
        watch: os.stores.watch.handler(async function* ({ signal }) {
          yield stores
          await new Promise(resolve => signal?.addEventListener('abort', resolve, { once: true }))
        }),
        scan: os.stores.scan.handler(({ input }) => job(`scan ${input.hash}`)),
        addFolder: os.stores.addFolder.handler(({ input }) => {
          if (input.folder === 'x') throw new ORPCError('bad-input', { message: 'x is not a full path' })
          asked.push(`add ${input.folder}`)
        }),
        removeFolder: os.stores.removeFolder.handler(({ input }) => void asked.push(`leave ${input.folder}`)),
        use: os.stores.use.handler(({ input }) => {
          asked.push(`use ${input.id}`)
          return makeLibraryModel()
        }),
        preview: os.stores.preview.handler(({ input }) =>
          input.keep === 'one/small' ? preview : { ...preview, why: 'They lie on different disks' },
        ),
        link: os.stores.link.handler(({ input }) => job(`link ${input.keep} ${input.replace.join(' ')}`)),
        previewShare: os.stores.previewShare.handler(({ input }) =>
          input.store === 'one' ? preview : { ...preview, why: 'That program finds no models by their place in a folder' },
        ),
        share: os.stores.share.handler(({ input }) => job(`share ${input.model} ${input.store}`)),
        undo: os.stores.undo.handler(({ input }) => job(`undo ${input.id}`)),
      },
    })
  }
}

describe('Stores and copies', () => {
  test('shows what other programs keep, uses it where it lies, and says why not', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models/stores', prepare(asked))
    expect(await screen.findByText('3 models, 5.0 GB could be saved')).toBeTruthy()
    expect(screen.getByText('Its weights are Python pickles')).toBeTruthy()
    await user.click(screen.getAllByRole('button', { name: 'Use small where it lies' })[0] ?? document.body)
    await user.click(screen.getByRole('button', { name: /^Compare/ }))
    await user.click(screen.getByRole('button', { name: 'Leave /disk out; nothing in it changes' }))
    expect(await screen.findByText('/disk is left out; nothing in it changed.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Undo' }))
    await user.click(screen.getByRole('button', { name: 'Undo the link of earlier' }))
    await waitFor(() => expect(asked).toEqual(['use one/small', 'scan true', 'leave /disk', 'add /disk', 'undo l']))
    await expectAccessible()
  })

  test('shows each step of a link before it is made, and why one cannot be', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models/stores', prepare(asked))
    await user.click(await screen.findByRole('button', { name: 'Link the copies of small' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'One place for small' }))
    expect(await dialog.findByText('/two/small.gguf')).toBeTruthy()
    await user.click(dialog.getByRole('radio', { name: 'Program Two' }))
    expect(await dialog.findByText('They lie on different disks')).toBeTruthy()
    expect(dialog.getByRole<HTMLButtonElement>('button', { name: /^Link and save/ }).disabled).toBe(true)
    await user.click(dialog.getByRole('radio', { name: 'Program One' }))
    await waitFor(() => expect(dialog.queryByText('They lie on different disks')).toBeNull())
    await expectAccessible()
    await user.click(dialog.getByRole('button', { name: /^Link and save/ }))
    await waitFor(() => expect(asked).toEqual(['link one/small two/small']))
  })

  test('takes a folder that a person names, and teaches when nothing is there', async () => {
    const asked: string[] = []
    const none = { ...snapshot, stores: [], models: [], duplicates: [], links: [], unhashedBytes: 0 }
    const { user } = mountWindow('/models/stores', prepare(asked, none))
    expect(await screen.findByText('No weights lie here twice.')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Add a folder…' }))
    await user.type(await screen.findByLabelText('Folder'), 'x{Enter}')
    expect(await screen.findByText(/x is not a full path/)).toBeTruthy()
    await user.type(screen.getByLabelText('Folder'), '{Backspace}/data{Enter}')
    await waitFor(() => expect(asked).toEqual(['add /data']))
  })
})

describe('a model of the library', () => {
  test('says who loads it, what the others would load, and what it can become', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models', prepare(asked))
    await user.click(await screen.findByRole('button', { name: 'Where Small Q8_0 can be used' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Small Q8_0 elsewhere' }))
    expect(await dialog.findByText('loads it as it lies')).toBeTruthy()
    expect(dialog.getByText(/Small BF16 would do, 1\.2 GB/)).toBeTruthy()
    expect(dialog.getByText('It needs a tool, which is not on this machine')).toBeTruthy()
    expect(dialog.getByText('pip install tool')).toBeTruthy()
    expect(dialog.getByRole('button', { name: 'Show it to Program One' })).toBeTruthy()
    expect(dialog.queryByRole('button', { name: 'Show it to Program Two' })).toBeNull()
    await expectAccessible()
    await user.selectOptions(dialog.getByRole('combobox', { name: 'What to a smaller GGUF' }), 'Q8_0')
    await user.click(dialog.getByRole('button', { name: 'Begin to a smaller GGUF' }))
    await waitFor(() => expect(asked).toEqual(['convert q Q8_0']))
  })

  test('fetches the tools of a conversion after their sizes were shown, and frees them again', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models', prepare(asked))
    await user.click(await screen.findByRole('button', { name: 'Where Small Q8_0 can be used' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Small Q8_0 elsewhere' }))
    expect(await dialog.findByText(/The pack: about 20(\.0)? MB to fetch, 60(\.0)? MB on the disk/)).toBeTruthy()
    expect(dialog.getByText('(an index: thing==1)')).toBeTruthy()
    await user.click(await dialog.findByRole('button', { name: 'Remove Old tools' }))
    expect(asked).toEqual([])
    await user.click(within(dialog.getByRole('group', { name: 'Remove 5.0 GB?' })).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(dialog.queryByText(/Old tools/)).toBeNull())
    await user.click(dialog.getByRole('button', { name: 'Fetch the tools and begin to fetch' }))
    await waitFor(() => expect(asked).toEqual(['free kept', 'convert f Q6_K with its tools']))
  })

  test('that lacks what reads images says so, and fetches it', async () => {
    const asked: string[] = []
    const why = 'It answers text only'
    const blind = makeLibraryModel({ projector: { path: null, bytes: null, sha256: null, why } })
    const seeing = makeLibraryModel({
      ...{ id: 'org/big:Q4_0', title: 'Big', projector: { path: '/models/mmproj.gguf', bytes: 900e6, sha256: null, why: null } },
    })
    const { user } = mountWindow('/models', host => {
      prepare(asked)(host)
      host.state.models.set(makeModels({ library: [blind, seeing] }))
      Object.assign(host.router.models, {
        fetchProjector: os.fetchProjector.handler(({ input }) => {
          asked.push(`images ${input.id}`)
          return makeJob({ id: 'j', kind: 'download' })
        }),
      })
    })
    expect(await screen.findByText('Ready, text only')).toBeTruthy()
    expect(screen.getByText('+ 900 MB')).toBeTruthy()
    await expectAccessible()
    await user.click(screen.getByRole('button', { name: 'Fetch what reads images for Small Q8_0' }))
    await waitFor(() => expect(asked).toEqual(['images org/small:Q8_0']))
  })

  test('moves with its folder, after the way was said', async () => {
    const asked: string[] = []
    const { user } = mountWindow('/models', prepare(asked))
    await user.click(await screen.findByRole('button', { name: 'Move…' }))
    const field = await screen.findByLabelText('New folder')
    await user.type(field, 'disk')
    await user.click(screen.getByRole('button', { name: 'Move' }))
    expect(await screen.findByText(/It is not a full path/)).toBeTruthy()
    await user.clear(field)
    await user.type(field, '/disk/models')
    await user.click(screen.getByRole('button', { name: 'Move' }))
    await waitFor(() => expect(asked).toEqual(['move /disk/models']))
  })
})
