import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LibraryModel } from '../../../electron/contract/model'
import { systemClock } from '../../../electron/core/lib/clock'
import { createJobs } from '../../../electron/core/lib/jobs'
import { createLibrary } from '../../../electron/core/models/library'
import { moveModels, type MoveDependencies } from '../../../electron/core/models/move-folder'
import { tinyModel, writeGguf } from '../../unit/models/fixtures/gguf-writer'
import { memoryCollection } from '../../unit/models/memory-collection'
import { background, root, temporaryFolder } from './models-bench'

const weights = writeGguf(tinyModel('llama', 2))
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

async function open(changes: Partial<MoveDependencies> = {}) {
  const [from, to] = [join(folder.path, 'models'), join(folder.path, 'other', 'models')]
  const put = (path: string, content: Buffer) => {
    mkdirSync(dirname(join(from, path)), { recursive: true })
    writeFileSync(join(from, path), content)
  }
  put('org/name/a.gguf', weights)
  put('org/name/b.gguf.part', Buffer.from('half'))
  let current = from
  let moving: string | null = null
  const jobs = createJobs({ clock: systemClock })
  const library = createLibrary({
    ...{ collection: memoryCollection<LibraryModel>(), background, catalogue: [], clock: systemClock },
    resourcesFolder: join(root, 'resources'),
  })
  const { id } = await library.addOwn({
    id: 'org/name:A',
    title: 'A',
    path: join(from, 'org/name/a.gguf'),
    sha256: null,
    origin: 'downloaded',
    hub: null,
  })
  const dependencies: MoveDependencies = {
    ...{ jobs, background, library, modelsFolder: () => current, switchTo: next => (current = next), isBusy: () => false },
    kept: { get: () => moving, set: next => (moving = next) },
    ...changes,
  }
  const move = async (wanted = to) => jobs.finished(moveModels(dependencies, wanted).id)
  return { from, to, jobs, library, id, move, dependencies, current: () => current, moving: () => moving }
}

it('moves files and unfinished ones, compares them, switches, and deletes the originals last', async () => {
  const { from, to, move, library, id, current, moving } = await open()
  expect(await move()).toMatchObject({ state: 'done', failure: null })
  expect(current()).toBe(to)
  expect(moving()).toBeNull()
  expect(readFileSync(join(to, 'org/name/a.gguf')).equals(weights)).toBe(true)
  expect(readdirSync(join(to, 'org/name')).sort()).toEqual(['a.gguf', 'b.gguf.part'])
  expect(library.byId(id)).toMatchObject({ state: 'ready', path: join(to, 'org/name/a.gguf') })
  expect(readdirSync(from)).toEqual([])
})

it('goes on after a cancel, and copies anew what is not the same', async () => {
  const { from, to, move, jobs, dependencies, moving } = await open()
  const job = moveModels(dependencies, to)
  jobs.cancel(job.id)
  expect((await jobs.finished(job.id)).state).toBe('cancelled')
  expect(moving()).toBe(to)
  expect(existsSync(join(from, 'org/name/a.gguf'))).toBe(true)
  mkdirSync(join(to, 'org/name'), { recursive: true })
  writeFileSync(join(to, 'org/name/a.gguf'), Buffer.alloc(weights.length))
  expect(await move()).toMatchObject({ state: 'done' })
  expect(readFileSync(join(to, 'org/name/a.gguf')).equals(weights)).toBe(true)
})

it('refuses folders within each other, a full disk and a running download', async () => {
  const { move, from, dependencies, to } = await open({ freeBytes: () => Promise.resolve(1_000) })
  await expect(move(join(from, 'deeper'))).rejects.toMatchObject({ code: 'bad-input' })
  await expect(move('relative')).rejects.toMatchObject({ code: 'bad-input' })
  expect((await move()).failure?.code).toBe('disk-full')
  expect(existsSync(join(from, 'org/name/a.gguf'))).toBe(true)
  expect(() => moveModels({ ...dependencies, isBusy: () => true }, to)).toThrow('pause it first')
})
