import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HubQuery } from '../../../electron/contract/hub'
import { catalogueModelSchema } from '../../../electron/contract/model'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { f32Tensor, tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { tinySafetensors } from '../../unit/models/fixtures/safetensors-writer'
import { openModels } from './hub-bench'
import { commitOf, startHubServer, type HubRepo } from './hub-server'
import { sha256, temporaryFolder } from './models-bench'

const tiny = tinyModel('llama', 2)
const weights = (rows: number) => writeGguf({ ...tiny, tensors: [...tiny.tensors, f32Tensor('output.weight', 64, rows)] })
const whole = weights(800)
const split = [0, 1].map(part =>
  writeGguf({
    metadata: { ...(part === 0 ? tiny.metadata : {}), 'split.no': { u32: part }, 'split.count': { u32: 2 } },
    tensors: part === 0 ? tiny.tensors.slice(0, 2) : tiny.tensors.slice(2),
  }),
)
const config = Buffer.from(
  JSON.stringify({ architectures: ['LlamaForCausalLM'], num_hidden_layers: 2, hidden_size: 8, num_attention_heads: 2, vocab_size: 4 }),
)
const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = [0, 1].map(layer => tinySafetensors(`model.layers.${layer}.mlp.weight`, 40_000))
const ggufs: HubRepo = {
  tags: ['gguf', 'license:mit'],
  parameters: 135e6,
  downloads: 50,
  files: {
    'name-Q8_0.gguf': whole,
    'name-F16-00001-of-00002.gguf': split[0] ?? Buffer.alloc(0),
    'name-F16-00002-of-00002.gguf': split[1] ?? Buffer.alloc(0),
    'pytorch_model.bin': Buffer.from([0x80, 2]),
  },
}
const folderRepo: HubRepo = {
  tags: ['safetensors'],
  parameters: 8e9,
  downloads: 40,
  files: {
    'config.json': config,
    'model-00001-of-00002.safetensors': first,
    'model-00002-of-00002.safetensors': second,
    'tokenizer.json': Buffer.from('{}'),
  },
}

let folder: ReturnType<typeof temporaryFolder>
let server: Awaited<ReturnType<typeof startHubServer>>
beforeEach(async () => {
  folder = temporaryFolder()
  server = await startHubServer({
    'org/name-GGUF': ggufs,
    'org/folder': folderRepo,
    'org/giant-405B': { tags: ['gguf'], parameters: 405e9, files: {}, downloads: 30 },
    'org/gated': { ...ggufs, gated: true, downloads: 20 },
  })
})
afterEach(async () => {
  await server.close()
  folder.remove()
})
const open = (more: Partial<Parameters<typeof openModels>[0]> = {}) => openModels({ folder: folder.path, hub: server.address, ...more })
const query: HubQuery = { text: '', format: null, sort: 'downloads', mostParameters: null, fits: false, cursor: null }

describe('searching the hub', () => {
  it('goes page by page, and says what the filters left out', async () => {
    const { hub } = open()
    const page = await hub.search({ ...query, text: 'org' })
    expect(page.models.map(({ id, licence, gated, formats }) => [id, licence, gated, formats])).toEqual([
      ['org/name-GGUF', 'mit', false, ['gguf']],
      ['org/folder', null, false, ['safetensors']],
    ])
    expect(page.models[0]?.fit.verdict).toBe('fits')
    const next = await hub.search({ ...query, text: 'org', cursor: page.cursor, fits: true })
    expect(next).toMatchObject({ leftOut: 1, cursor: null, host: new URL(server.address).host })
    expect(next.models.map(({ id }) => id)).toEqual(['org/gated'])
    const small = await hub.search({ ...query, format: 'gguf', mostParameters: 1e9 })
    expect(small.models.map(({ id }) => id)).toEqual(['org/name-GGUF'])
  })

  it('that is out of reach is offline, and one that is asked too often says how long to wait', async () => {
    const { hub } = open({ hub: 'http://127.0.0.1:9' })
    await expect(hub.search(query)).rejects.toMatchObject({ code: 'offline' })
    server.apiFaults.push({ status: 429, headers: { 'retry-after': '42' } }, { status: 200, body: Buffer.from('<html>sign in</html>') })
    await expect(open().hub.search(query)).rejects.toThrow('asks us to wait 42 s')
    await expect(open().hub.search(query)).rejects.toThrow('an answer that cannot be read')
  })
})

describe('a repository', () => {
  it('is shown at its commit: files grouped, each with a verdict, pickles refused', async () => {
    const found = await open().hub.repository('org/name-GGUF', null)
    expect(found).toMatchObject({ commit: commitOf('a'), access: 'open', licence: 'mit', parameters: 135e6 })
    expect(found.artifacts.map(({ id, files, fit }) => [id, files.length, fit.verdict])).toEqual([
      ['F16', 2, 'fits'],
      ['Q8_0', 1, 'fits'],
    ])
    expect(found.artifacts[0]?.loadedBy).toContain('llama.cpp')
    expect(found.refused).toEqual([{ file: 'pytorch_model.bin', why: 'A Python pickle can run code when it is opened' }])
    await expect(open().hub.repository('org/name-GGUF', 'gone')).rejects.toThrow('has no org/name-GGUF at gone')
  })

  it('that needs code of its own is not offered', async () => {
    server.repositories['org/code'] = {
      ...folderRepo,
      files: { ...folderRepo.files, 'config.json': Buffer.from('{"auto_map":{"A":"b.C"}}') },
    }
    const found = await open().hub.repository('org/code', null)
    expect(found.artifacts).toEqual([])
    expect(found.refused[0]?.why).toContain('program code of its own')
  })

  it('that is gated says the step that is left, and is had once it is done', async () => {
    const { hub, download, tokenFile, hasToken } = open()
    expect((await hub.repository('org/gated', null)).access).toBe('needs-token')
    await expect(download('org/gated', 'Q8_0')).rejects.toMatchObject({ code: 'gated' })
    await expect(hub.setToken('hf_wrong')).rejects.toMatchObject({ code: 'gated' })
    expect(hasToken()).toBe(false)
    server.tokens.hf_right = 'ada'
    expect(await hub.setToken('hf_right')).toMatchObject({ from: 'stored', account: 'ada' })
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600)
    expect((await hub.repository('org/gated', null)).access).toBe('needs-consent')
    server.consented.add('hf_right')
    expect((await hub.repository('org/gated', null)).access).toBe('granted')
    expect(await download('org/gated', 'Q8_0')).toMatchObject({ state: 'done', result: 'org/gated:Q8_0' })
    // The host that the files lie on never sees the key.
    expect(server.cdnRequests.length).toBeGreaterThan(1)
    expect(server.cdnRequests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
    await hub.setToken(null)
    expect(hasToken()).toBe(false)
  })

  it('takes the key of the environment, and that of the hub’s tools for the public hub alone', () => {
    expect(open({ environment: { HF_TOKEN: 'hf_env' } }).hub.token().from).toBe('environment')
    const home = join(folder.path, 'hf')
    mkdirSync(home)
    writeFileSync(join(home, 'token'), 'hf_file\n')
    const { tokens, hub } = open({ environment: { HF_HOME: home } })
    expect(hub.token().from).toBeNull()
    expect(tokens.tokenFor('https://huggingface.co')).toBe('hf_file')
    expect(tokens.tokenFor('http://huggingface.co')).toBeNull()
    expect(tokens.tokenFor('https://mirror.example')).toBeNull()
  })
})

describe('a download from the hub', () => {
  it('brings a split GGUF and a folder of safetensors into the library, bound to the commit', async () => {
    const { download, library } = open()
    expect(await download('org/name-GGUF', 'F16')).toMatchObject({ state: 'done' })
    expect(await download('org/folder', 'BF16')).toMatchObject({ state: 'done' })
    expect(library.byId('org/name-GGUF:F16')).toMatchObject({ state: 'ready', hub: { repository: 'org/name-GGUF', commit: commitOf('a') } })
    const model = library.byId('org/folder:BF16')
    expect(model).toMatchObject({ state: 'ready', facts: { format: 'safetensors', architecture: 'LlamaForCausalLM' } })
    expect(model?.path.endsWith(join('org', 'folder', 'a'.repeat(12)))).toBe(true)
    await library.remove('org/folder:BF16', true)
    expect(() => readdirSync(model?.path ?? '')).toThrow()
  })

  it('brings a folder of the catalogue under its name there, at the commit it was found at', async () => {
    const template = catalogueModelSchema.parse(catalogueJson.models[2])
    const source = { kind: 'hub' as const, repo: 'org/folder', file: '*', revision: null }
    const artifact = {
      id: 'BF16',
      format: 'safetensors' as const,
      quantisation: 'BF16',
      bytes: null,
      sha256: null,
      bitsPerWeight: 16,
      sources: [source],
    }
    const { models, library, jobs } = open({ catalogue: [{ ...template, id: 'maker/name', title: 'Name', artifacts: [artifact] }] })
    const job = await jobs.finished(models.download('maker/name:BF16').id)
    expect(job).toMatchObject({ state: 'done', failure: null, result: 'maker/name:BF16' })
    expect(library.byId('maker/name:BF16')).toMatchObject({
      catalogueId: 'maker/name',
      hub: { repository: 'org/folder', commit: commitOf('a') },
    })
    expect(models.snapshot().offered[0]?.artifacts[0]?.libraryId).toBe('maker/name:BF16')
  })

  it('survives a hub that is busy, breaks off, cuts short and lies about lengths and ranges', async () => {
    const { download, library } = open()
    server.faults['name-Q8_0.gguf'] = [
      { status: 429, headers: { 'retry-after': '0' }, body: Buffer.from('slow down') },
      { cutAfter: 60_000 },
      { contentRange: (start, total) => `bytes ${start + 1}-${total - 1}/${total}` },
      { cutAfter: 100_000 },
      { etag: '"another"' },
      { status: 503, body: Buffer.alloc(0) },
    ]
    expect(await download('org/name-GGUF', 'Q8_0')).toMatchObject({ state: 'done', failure: null })
    expect(library.byId('org/name-GGUF:Q8_0')?.sha256).toBe(sha256(whole))
    expect(readFileSync(library.byId('org/name-GGUF:Q8_0')?.path ?? '').equals(whole)).toBe(true)
  })

  it('refuses what is longer than its source says, or other than its hash says', async () => {
    const { download } = open()
    const longer = Buffer.concat([whole, Buffer.alloc(10)])
    server.faults['name-Q8_0.gguf'] = [{ body: longer }]
    expect(await download('org/name-GGUF', 'Q8_0')).toMatchObject({ state: 'failed', failure: { code: 'hash-mismatch' } })
    const tampered = Buffer.concat([whole.subarray(0, -1), Buffer.from([1])])
    server.faults['name-Q8_0.gguf'] = [{ body: tampered }]
    expect(await download('org/name-GGUF', 'Q8_0')).toMatchObject({ state: 'failed', failure: { code: 'hash-mismatch' } })
  })

  it('that is told to wait for hours gives up and says so', async () => {
    const { download } = open()
    server.faults['name-Q8_0.gguf'] = [{ status: 429, headers: { 'retry-after': '7200' }, body: Buffer.alloc(0) }]
    const job = await download('org/name-GGUF', 'Q8_0')
    expect(job.failure?.message).toContain('wait 120 min')
  })

  it('is paused, goes on after a restart where it stopped, at the same commit though main moved on', async () => {
    const { models, hub, jobs, kept } = open()
    server.faults['name-Q8_0.gguf'] = [{ paceMs: 60 }]
    const job = models.downloadFromHub(await hub.repository('org/name-GGUF', null), 'Q8_0')
    while ((jobs.get(job.id)?.steps[0]?.done ?? 0) < 40_000) await sleep(5)
    await models.transfers.pause('org/name-GGUF:Q8_0')
    expect(models.transfers.list()).toMatchObject([{ state: 'paused', totalBytes: whole.length, commit: commitOf('a') }])
    expect(jobs.get(job.id)?.state).toBe('cancelled')

    const moved = { ...ggufs, commit: commitOf('b'), files: { 'name-Q8_0.gguf': weights(900) }, older: { [commitOf('a')]: ggufs.files } }
    server.repositories['org/name-GGUF'] = moved
    const again = open({ kept })
    expect(again.models.snapshot().transfers).toMatchObject([{ id: 'org/name-GGUF:Q8_0', state: 'paused', job: null }])
    const resumed = await again.jobs.finished(again.models.transfers.resume('org/name-GGUF:Q8_0').id)
    expect(resumed).toMatchObject({ state: 'done', failure: null })
    expect(again.library.byId('org/name-GGUF:Q8_0')?.sha256).toBe(sha256(whole))
    const last = server.cdnRequests.findLast(({ method }) => method === 'GET')
    expect(last?.headers['if-range']).toBe(`"${sha256(whole)}"`)
    expect(Number(/bytes=(\d+)-/.exec(last?.headers.range ?? '')?.[1])).toBeGreaterThan(30_000)
    expect(again.models.transfers.list()).toEqual([])
  })

  it('that is given up leaves nothing behind', async () => {
    const { models, hub, jobs } = open()
    server.faults['name-Q8_0.gguf'] = [{ paceMs: 60 }]
    const { id } = models.downloadFromHub(await hub.repository('org/name-GGUF', null), 'Q8_0')
    while ((jobs.get(id)?.steps[0]?.done ?? 0) < 20_000) await sleep(5)
    await expect(models.transfers.discard('org/name-GGUF:Q8_0')).rejects.toMatchObject({ code: 'busy' })
    await models.transfers.pause('org/name-GGUF:Q8_0')
    expect(readdirSync(join(folder.path, 'models/org/name-GGUF')).length).toBe(2)
    await models.transfers.discard('org/name-GGUF:Q8_0')
    expect(readdirSync(join(folder.path, 'models/org/name-GGUF'))).toEqual([])
    expect([models.transfers.list(), jobs.list()]).toEqual([[], []])
  })
})
