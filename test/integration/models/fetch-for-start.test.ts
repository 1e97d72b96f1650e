import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogueModelSchema } from '../../../electron/contract/model'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { tinySafetensors } from '../../unit/models/fixtures/safetensors-writer'
import { openModels } from './hub-bench'
import { commitOf, startHubServer, type HubRepo } from './hub-server'
import { sha256, temporaryFolder } from './models-bench'

const config = Buffer.from(
  JSON.stringify({ architectures: ['LlamaForCausalLM'], num_hidden_layers: 2, hidden_size: 8, num_attention_heads: 2, vocab_size: 4 }),
)
const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = [0, 1].map(layer => tinySafetensors(`model.layers.${layer}.mlp.weight`, 80_000))
const whole: HubRepo = {
  tags: ['safetensors'],
  files: {
    'config.json': config,
    'model-00001-of-00002.safetensors': first,
    'model-00002-of-00002.safetensors': second,
    'tokenizer.json': Buffer.from('{}'),
    // None of these is needed, and the pickle could run code.
    'pytorch_model.bin': Buffer.from([0x80, 2]),
    'README.md': Buffer.from('words'),
    'original/consolidated.00.pth': Buffer.from([0x80, 2]),
  },
}

let folder: ReturnType<typeof temporaryFolder>
let server: Awaited<ReturnType<typeof startHubServer>>
beforeEach(async () => {
  folder = temporaryFolder()
  server = await startHubServer({
    'org/folder': structuredClone(whole),
    'org/pickles': { tags: [], files: { 'config.json': config, 'pytorch_model.bin': Buffer.from([0x80, 2]) } },
    'org/gated': { ...structuredClone(whole), gated: true },
  })
})
afterEach(async () => {
  await server.close()
  folder.remove()
})

const template = catalogueModelSchema.parse(catalogueJson.models[2])
const folderOf = (repo: string) => ({
  ...{ id: 'BF16', format: 'safetensors', quantisation: 'BF16', bytes: null, sha256: null, bitsPerWeight: 16 },
  sources: [{ kind: 'hub', repo, file: '*', revision: null }],
})
const catalogue = ['folder', 'pickles', 'gated'].map(name =>
  catalogueModelSchema.parse({ ...template, id: `maker/${name}`, title: name, artifacts: [folderOf(`org/${name}`)] }),
)
const open = (more: Partial<Parameters<typeof openModels>[0]> = {}) =>
  openModels({ folder: folder.path, hub: server.address, catalogue, ...more })
const watching = (onProgress: (amount: { done: number; total: number | null }) => void = () => undefined) => {
  const stop = new AbortController()
  return { stop, options: { signal: stop.signal, onProgress } }
}
const place = () => join(folder.path, 'models/org/folder', 'a'.repeat(12))

describe('a folder of safetensors that a start needs', () => {
  it('is fetched at its commit, with what a runtime reads and nothing else', async () => {
    const { models, library } = open()
    const amounts: { done: number; total: number | null }[] = []
    const model = await models.fetchModel('maker/folder:BF16', watching(amount => void amounts.push(amount)).options)
    expect(model).toMatchObject({ id: 'maker/folder:BF16', state: 'ready', hub: { repository: 'org/folder', commit: commitOf('a') } })
    expect(model.path).toBe(place())
    expect(readdirSync(place()).sort()).toEqual([
      ...['config.json', 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'tokenizer.json'],
    ])
    expect(amounts.at(-1)?.done).toBe(amounts.at(-1)?.total)
    expect(models.transfers.list()).toEqual([])
    const asked = server.requests.length
    expect((await models.fetchModel('maker/folder:BF16', watching().options)).path).toBe(library.byId('maker/folder:BF16')?.path)
    expect(server.requests.length).toBe(asked)
  })

  it('that is cancelled waits in the downloads, and the next start goes on at the same commit though main moved on', async () => {
    const { models, kept } = open()
    server.faults['model-00002-of-00002.safetensors'] = [{ paceMs: 40 }]
    const { stop, options } = watching(({ done }) => {
      if (done > 200_000) stop.abort()
    })
    await expect(models.fetchModel('maker/folder:BF16', options)).rejects.toMatchObject({ code: 'cancelled' })
    expect(models.transfers.list()).toMatchObject([{ id: 'maker/folder:BF16', state: 'paused', commit: commitOf('a'), job: null }])
    const moved = { 'config.json': config, 'model.safetensors': tinySafetensors('other', 10) }
    server.repositories['org/folder'] = { ...whole, commit: commitOf('b'), files: moved, older: { [commitOf('a')]: whole.files } }
    const again = open({ kept })
    const model = await again.models.fetchModel('maker/folder:BF16', watching().options)
    expect(model).toMatchObject({ path: place(), state: 'ready', hub: { commit: commitOf('a') } })
    const last = server.cdnRequests.findLast(({ headers }) => headers.range !== undefined)
    expect(last?.headers['if-range']).toBeDefined()
    expect(again.models.transfers.list()).toEqual([])
  })

  it('is shared with a download of it that runs', async () => {
    const { models, jobs } = open()
    server.faults['model-00001-of-00002.safetensors'] = [{ paceMs: 20 }]
    const job = models.download('maker/folder:BF16')
    const model = await models.fetchModel('maker/folder:BF16', watching().options)
    expect(await jobs.finished(job.id)).toMatchObject({ state: 'done', result: model.id })
    const fetched = server.cdnRequests.filter(({ method, path }) => method === 'GET' && path === `/${sha256(first)}`)
    expect(fetched).toHaveLength(1)
  })

  it.each([
    ['maker/pickles:BF16', 'not-found', 'A Python pickle can run code when it is opened'],
    ['maker/gated:BF16', 'gated', 'only with a token'],
  ])('%s is refused in words, and leaves nothing', async (id, code, words) => {
    const { models } = open()
    const failed = await models.fetchModel(id, watching().options).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code })
    expect(String(failed)).toContain(words)
    expect(models.transfers.list()).toEqual([])
  })

  it('with a changed file is refused, and with the hub out of reach says so', async () => {
    const { models } = open()
    const tampered = Buffer.concat([first.subarray(0, -1), Buffer.from([9])])
    server.faults['model-00001-of-00002.safetensors'] = [{ body: tampered }]
    await expect(models.fetchModel('maker/folder:BF16', watching().options)).rejects.toMatchObject({ code: 'hash-mismatch' })
    const away = open({ hub: 'http://127.0.0.1:9' })
    await expect(away.models.fetchModel('maker/folder:BF16', watching().options)).rejects.toMatchObject({ code: 'offline' })
  })
})
