import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogueModelSchema } from '../../../electron/contract/model'
import { moveModels } from '../../../electron/core/models/move-folder'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { f32Tensor, tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { openModels } from './hub-bench'
import { startHubServer, type HubRepo } from './hub-server'
import { background, sha256, temporaryFolder } from './models-bench'

const text = tinyModel('llama', 2)
const weights = writeGguf({ ...text, tensors: [...text.tensors, f32Tensor('output.weight', 64, 800)] })
/** A projector that hands over vectors of `width`; the model's own are 64 wide. */
const projector = (width: number, rows = 100) =>
  writeGguf({
    metadata: {
      'general.architecture': { text: 'clip' },
      'general.type': { text: 'mmproj' },
      'clip.has_vision_encoder': { bool: true },
      'clip.vision.projection_dim': { u32: width },
    },
    tensors: [f32Tensor('mm.0.weight', width, rows)],
  })
const sight = projector(64)
const seeing: HubRepo = {
  tags: ['gguf'],
  files: {
    'name-Q8_0.gguf': weights,
    'mmproj-BF16.gguf': projector(64, 120),
    'mmproj-F16.gguf': sight,
    'mmproj-F32.gguf': projector(64, 140),
  },
}

let folder: ReturnType<typeof temporaryFolder>
let server: Awaited<ReturnType<typeof startHubServer>>
beforeEach(async () => {
  folder = temporaryFolder()
  server = await startHubServer({ 'org/sees-GGUF': seeing, 'org/blind-GGUF': { tags: ['gguf'], files: { 'name-Q8_0.gguf': weights } } })
})
afterEach(async () => {
  await server.close()
  folder.remove()
})
const open = (more: Partial<Parameters<typeof openModels>[0]> = {}) => openModels({ folder: folder.path, hub: server.address, ...more })
const put = (name: string, bytes: Buffer) => {
  const path = join(folder.path, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

const template = catalogueModelSchema.parse(catalogueJson.models[2])
const catalogueOf = (repo: string) => [
  catalogueModelSchema.parse({
    ...template,
    ...{ id: 'maker/sees', title: 'Sees', abilities: ['vision'] },
    artifacts: [
      {
        ...{ id: 'Q8', format: 'gguf', quantisation: 'Q8_0', bytes: null, sha256: null, bitsPerWeight: 8.5 },
        sources: [{ kind: 'hub', repo, file: 'name-Q8_0.gguf', revision: null }],
      },
    ],
  }),
]

describe('what reads images for a model', () => {
  it('is told with its size before, comes with the weights and lies beside them', async () => {
    const { hub, download, library } = open()
    const [artifact] = (await hub.repository('org/sees-GGUF', null)).artifacts
    expect(artifact).toMatchObject({ id: 'Q8_0', bytes: weights.length, projector: { path: 'mmproj-F16.gguf', bytes: sight.length } })
    const job = await download('org/sees-GGUF', 'Q8_0')
    expect(job).toMatchObject({ state: 'done', failure: null })
    expect(job.steps[0]).toMatchObject({ done: weights.length + sight.length, total: weights.length + sight.length })
    const model = library.byId('org/sees-GGUF:Q8_0')
    expect(model).toMatchObject({ state: 'ready', bytes: weights.length, sha256: sha256(weights) })
    expect(basename(model?.path ?? '')).toBe('name-Q8_0.gguf')
    expect(model?.projector).toMatchObject({
      ...{ path: join(dirname(model?.path ?? ''), 'mmproj-F16.gguf'), bytes: sight.length, sha256: null, why: null },
    })
    // A runtime that knows files by their hash gets that of both.
    await library.digest('org/sees-GGUF:Q8_0')
    expect(library.byId('org/sees-GGUF:Q8_0')?.projector?.sha256).toBe(sha256(sight))
    await library.remove('org/sees-GGUF:Q8_0', true)
    expect(readdirSync(dirname(model?.path ?? ''))).toEqual([])
  })

  it('breaks off and is gone on with like the weights, and a wrong one is refused', async () => {
    const { download, library } = open()
    server.faults['mmproj-F16.gguf'] = [{ cutAfter: 10_000 }, { status: 503, body: Buffer.alloc(0) }]
    expect(await download('org/sees-GGUF', 'Q8_0')).toMatchObject({ state: 'done' })
    await library.remove('org/sees-GGUF:Q8_0', true)
    server.faults['mmproj-F16.gguf'] = [{ body: Buffer.concat([sight.subarray(0, -1), Buffer.from([1])]) }]
    expect(await download('org/sees-GGUF', 'Q8_0')).toMatchObject({ state: 'failed', failure: { code: 'hash-mismatch' } })
  })

  it('comes with a model of the catalogue, and with one that a start fetches', async () => {
    const { models, jobs, library } = open({ catalogue: catalogueOf('org/sees-GGUF') })
    const options = { signal: new AbortController().signal, onProgress: () => undefined }
    expect(await models.fetchModel('maker/sees', options)).toMatchObject({ id: 'maker/sees:Q8', projector: { why: null } })
    await library.remove('maker/sees:Q8', true)
    expect(await jobs.finished(models.download('maker/sees').id)).toMatchObject({ state: 'done', result: 'maker/sees:Q8' })
    expect(library.byId('maker/sees:Q8')).toMatchObject({ catalogueId: 'maker/sees', projector: { bytes: sight.length, why: null } })
  })

  it('that is missing is said, and fetched when it is asked for', async () => {
    const { models, jobs, library } = open({ catalogue: catalogueOf('org/sees-GGUF') })
    await jobs.finished(models.download('maker/sees').id)
    rmSync(library.byId('maker/sees:Q8')?.projector?.path ?? '')
    await library.verify('maker/sees:Q8')
    expect(library.byId('maker/sees:Q8')?.projector).toMatchObject({ path: null, why: expect.stringContaining('answers text only') })
    const job = await jobs.finished(models.fetchProjector('maker/sees:Q8').id)
    expect(job).toMatchObject({ state: 'done', failure: null, result: 'maker/sees:Q8' })
    expect(library.byId('maker/sees:Q8')?.projector).toMatchObject({ bytes: sight.length, sha256: sha256(sight), why: null })
    expect(models.transfers.list()).toEqual([])
  })

  it('is said to be nowhere when its repository has none, or when nobody knows where the model is from', async () => {
    const { models, jobs, library } = open({ catalogue: catalogueOf('org/blind-GGUF') })
    await jobs.finished(models.download('maker/sees').id)
    const job = await jobs.finished(models.fetchProjector('maker/sees:Q8').id)
    expect(job.failure).toMatchObject({ code: 'not-found', message: 'org/blind-GGUF has no file that reads images' })
    const own = await library.importFile(put('own/thing.gguf', writeGguf(tinyModel('qwen3vl', 2))))
    expect(own.projector).toMatchObject({ path: null })
    expect(() => models.fetchProjector(own.id)).toThrow('put its mmproj file beside it')
  })

  it('is found beside an imported model, and one of another width is not taken', async () => {
    const { library } = open()
    const path = put('own/Name-Q8_0.gguf', weights)
    put('own/mmproj-Name-F16.gguf', projector(64))
    expect((await library.importFile(path)).projector).toMatchObject({ path: join(folder.path, 'own/mmproj-Name-F16.gguf') })
    const other = put('mixed/one.gguf', writeGguf({ ...tinyModel('qwen3vl', 2), tensors: text.tensors }))
    copyFileSync(path, join(folder.path, 'mixed/two.gguf'))
    put('mixed/mmproj-other.gguf', projector(96))
    const { projector: none } = await library.importFile(other)
    expect(none).toMatchObject({ path: null, why: expect.stringContaining('mmproj-other.gguf is made for a model of another width') })
    put('mixed/mmproj-broken.gguf', Buffer.from('no GGUF at all'))
    expect(await library.importFile(join(folder.path, 'mixed/two.gguf'))).not.toHaveProperty('projector.path', expect.any(String))
  })

  it('goes along when the models folder is moved', async () => {
    const { download, library, jobs } = open()
    await download('org/sees-GGUF', 'Q8_0')
    let now = join(folder.path, 'models')
    const to = join(folder.path, 'elsewhere')
    const dependencies = {
      ...{ jobs, background, library, modelsFolder: () => now, isBusy: () => false },
      ...{ switchTo: (place: string) => void (now = place), kept: { get: () => null, set: () => undefined } },
    }
    expect(await jobs.finished(moveModels(dependencies, to).id)).toMatchObject({ state: 'done', failure: null })
    expect(library.byId('org/sees-GGUF:Q8_0')).toMatchObject({
      path: join(to, 'org/sees-GGUF/name-Q8_0.gguf'),
      projector: { path: join(to, 'org/sees-GGUF/mmproj-F16.gguf'), why: null },
    })
  })
})
