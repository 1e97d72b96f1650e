import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { catalogueModelSchema, libraryModelSchema, type LibraryModel } from '../../../electron/contract/model'
import { systemClock } from '../../../electron/core/lib/clock'
import { foundAgain } from '../../../electron/core/models/found-again'
import { createLibrary } from '../../../electron/core/models/library'
import catalogueJson from '../../../resources/knowledge/models.json' with { type: 'json' }
import { tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { background, root, sha256, temporaryFolder } from './models-bench'

const resourcesFolder = join(root, 'resources')
const tiny = writeGguf(tinyModel('llama', 2))
const real = catalogueJson.models.map(model => catalogueModelSchema.parse(model))
const template = real.find(model => model.id === 'HuggingFaceTB/SmolLM2-135M-Instruct')
const known = catalogueModelSchema.parse({
  ...template,
  id: 'org/known',
  title: 'Known',
  artifacts: ['Q8_0', 'F32'].map(id => ({
    ...template?.artifacts[0],
    id,
    bytes: tiny.length,
    sha256: id === 'F32' ? sha256(tiny) : '0'.repeat(64),
  })),
})
const catalogue = [...real, known]

let folder: ReturnType<typeof temporaryFolder>
let collection = memoryCollection<LibraryModel>()
beforeEach(() => {
  folder = temporaryFolder()
  collection = memoryCollection<LibraryModel>()
})
afterEach(() => folder.remove())

const open = (resources = resourcesFolder) =>
  createLibrary({ collection, background, resourcesFolder: resources, catalogue, clock: systemClock })
const put = (name: string, bytes: Buffer) => {
  const path = join(folder.path, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, bytes)
  return path
}
/** The tiny model with another name in its header, so that its hash is unknown. */
const unknown = (name: string) => {
  const file = tinyModel('llama', 2)
  return writeGguf({ ...file, metadata: { ...file.metadata, 'general.name': { text: name } } })
}

describe('the library', () => {
  it('always holds the engine test, with what its header says once it was looked at', async () => {
    const library = open()
    expect(library.list().map(model => [model.id, model.origin, model.engineTest])).toEqual([
      ['roundhouse/canary:Q8_0', 'bundled', true],
      ['roundhouse/canary-draft:Q8_0', 'bundled', true],
    ])
    await library.start()
    const canary = library.resolve('roundhouse/canary')
    expect(libraryModelSchema.parse(canary)).toEqual(canary)
    expect(canary).toMatchObject({ state: 'ready', facts: { quantisation: 'Q8_0', chatTemplate: true, shape: { layers: 4 } } })
    await expect(library.remove('roundhouse/canary:Q8_0', true)).rejects.toMatchObject({ code: 'bad-input' })
    expect(existsSync(canary?.path ?? '')).toBe(true)
  })

  it('says when a part of the app is missing', async () => {
    const library = open(folder.path)
    await library.start()
    expect(library.resolve('roundhouse/canary')).toMatchObject({ state: 'missing' })
  })

  it('references an imported file where it lies, and never deletes it', async () => {
    const library = open()
    const path = put('My model (v2)!.gguf', unknown('Mine'))
    const model = await library.importFile(path)
    expect(model).toMatchObject({
      id: 'local/My-model-v2-:F32',
      title: 'Mine',
      origin: 'imported',
      path,
      state: 'ready',
      catalogueId: null,
    })
    expect(open().list()).toHaveLength(3)
    await library.remove(model.id, true)
    expect(existsSync(path)).toBe(true)
    expect(open().list()).toHaveLength(2)
  })

  it('knows a file that it has: by its place, by its hash, and another one of the same name apart', async () => {
    const library = open()
    const first = await library.importFile(put('a/model.gguf', unknown('one')))
    expect(await library.importFile(first.path)).toMatchObject({ id: first.id })
    const second = await library.importFile(put('b/model.gguf', unknown('another')))
    expect([first.id, second.id]).toEqual(['local/model:F32', 'local/model-2:F32'])
    const canary = put('copy.gguf', Buffer.alloc(0))
    copyFileSync(join(resourcesFolder, 'canary/canary.Q8_0.gguf'), canary)
    expect(await library.importFile(canary)).toMatchObject({ id: 'roundhouse/canary:Q8_0', origin: 'bundled' })
    expect(library.list()).toHaveLength(4)
  })

  it('recognises a file of the catalogue by its hash and gives it its name', async () => {
    const model = await open().importFile(put('whatever.gguf', tiny))
    expect(model).toMatchObject({
      id: 'org/known:F32',
      title: 'Known',
      catalogueId: 'org/known',
      artifactId: 'F32',
      origin: 'imported',
      sha256: sha256(tiny),
    })
  })

  it('finds by name: whole, without the artifact, in any capitals, ready ones first', async () => {
    const library = open()
    await library.importFile(put('known.gguf', tiny))
    const artifact = known.artifacts[0]
    if (!artifact) throw new Error('The catalogue of the test has no artifact')
    const downloaded = await library.addDownloaded({ model: known, artifact, path: put('q8.gguf', unknown('q8')), sha256: null })
    expect(library.resolve('org/known')?.id).toBe('org/known:Q8_0')
    expect(library.resolve('ORG/Known:f32')?.id).toBe('org/known:F32')
    rmSync(downloaded.path)
    await library.verify()
    expect(library.resolve('org/known')?.id).toBe('org/known:F32')
    expect(library.resolve('org/nobody')).toBeNull()
  })

  it('takes a missing model up where its file lies now, by its content, and refuses another file there', async () => {
    const library = open()
    const model = await library.importFile(put('one/model.gguf', unknown('moved')))
    await library.digest(model.id)
    const means = { library, background }
    await expect(foundAgain(means, { id: model.id, path: model.path })).rejects.toThrow('is where it was')
    const elsewhere = join(folder.path, 'renamed.gguf')
    renameSync(model.path, elsewhere)
    await library.verify(model.id)
    const other = put('other.gguf', unknown('movex'))
    expect(statSync(other).size).toBe(statSync(elsewhere).size)
    await expect(foundAgain(means, { id: model.id, path: other })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(foundAgain(means, { id: model.id, path: join(folder.path, 'none') })).rejects.toMatchObject({ code: 'model-missing' })
    expect(library.byId(model.id)?.state).toBe('missing')
    expect(await foundAgain(means, { id: model.id, path: elsewhere })).toMatchObject({ id: model.id, path: elsewhere, state: 'ready' })
  })

  it('sees files that went, came back elsewhere, or were cut', async () => {
    const library = open()
    const states: string[] = []
    const model = await library.importFile(put('one/model.gguf', unknown('moving')))
    library.subscribe(models => states.push(models.find(each => each.id === model.id)?.state ?? 'gone'))
    const elsewhere = join(folder.path, 'model.gguf')
    renameSync(model.path, elsewhere)
    await library.verify(model.id)
    expect(await library.importFile(elsewhere)).toMatchObject({ id: model.id, path: elsewhere, state: 'ready' })
    truncateSync(elsewhere, statSync(elsewhere).size - 200)
    await library.verify()
    expect(library.byId(model.id)).toMatchObject({ state: 'damaged', why: expect.stringContaining('cut off') as string })
    expect([...new Set(states)]).toEqual(['missing', 'ready', 'damaged'])
    const again = open()
    await again.start()
    expect(again.byId(model.id)).toMatchObject({ state: 'damaged' })
  })

  it('deletes the file of a download only when asked', async () => {
    const library = open()
    const artifact = known.artifacts[1]
    if (!artifact) throw new Error('The catalogue of the test has no second artifact')
    const path = put('file.gguf', tiny)
    await library.addDownloaded({ model: known, artifact, path, sha256: sha256(tiny) })
    await library.remove('org/known:F32', false)
    expect(existsSync(path)).toBe(true)
    await library.addDownloaded({ model: known, artifact, path, sha256: sha256(tiny) })
    await library.remove('org/known:F32', true)
    expect(existsSync(path)).toBe(false)
    await expect(library.remove('org/known:F32', true)).rejects.toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['a relative path', () => 'model.gguf', 'bad-input'],
    ['nothing', () => join(folder.path, 'none.gguf'), 'model-missing'],
    ['a web page', () => put('page.gguf', Buffer.from('<!doctype html>')), 'not-a-gguf'],
    ['a cut file', () => put('cut.gguf', tiny.subarray(0, -64)), 'model-damaged'],
    [
      'a projector',
      () => put('mmproj.gguf', writeGguf({ metadata: { 'general.architecture': { text: 'clip' } }, tensors: [] })),
      'bad-input',
    ],
    ['an adapter', () => put('lora.gguf', writeGguf({ metadata: { 'general.type': { text: 'adapter' } }, tensors: [] })), 'bad-input'],
  ])('refuses to import %s', async (_what, path, code) => {
    const library = open()
    await expect(library.importFile(path())).rejects.toMatchObject({ code })
    expect(library.list()).toHaveLength(2)
  })
})

describe('the hash of a file', () => {
  it('is read once where it is not known, and forgotten when the file changes', async () => {
    const library = open()
    const path = put('mine.gguf', writeGguf(tinyModel('llama', 3)))
    const { id, sha256: before } = await library.importFile(path)
    expect(before).toBeNull()
    expect(await library.digest(id)).toBe(sha256(writeGguf(tinyModel('llama', 3))))
    expect(library.byId(id)?.sha256).toBe(sha256(writeGguf(tinyModel('llama', 3))))
    writeFileSync(path, writeGguf(tinyModel('llama', 4)))
    await library.verify(id)
    expect(await library.digest(id)).toBe(sha256(writeGguf(tinyModel('llama', 4))))
    expect(await library.digest('nobody/has:this')).toBeNull()
  })
})
