import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LaunchPlan } from '../../../electron/core/runtimes/runtime'
import { linkFiles, removeScratch } from '../../../electron/core/supervisor/link-files'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'links-'))
})
afterEach(() => rm(folder, { recursive: true }))

const planOf = (links: LaunchPlan['links'], scratch: LaunchPlan['scratch']): LaunchPlan => ({
  ...{ process: { kind: 'attach' }, address: '', headers: {}, upstreamModel: '', readyPath: '/', prepare: [], stallMs: 1 },
  ...{ stop: { graceMs: 1, secondSignal: false }, links: links ?? [], scratch: scratch ?? [] },
})

test('a start finds the file in its store, and its end takes the store away but not the file', async () => {
  const [file, store] = [join(folder, 'model.gguf'), join(folder, 'store')]
  await writeFile(file, 'GGUF')
  await mkdir(store)
  await writeFile(join(store, 'left-by-an-earlier-start'), '')
  const plan = planOf([{ at: join(store, 'blobs', 'sha256-ab'), to: file }], [store])
  expect(await linkFiles(plan)).toEqual([])
  expect(await readFile(join(store, 'blobs', 'sha256-ab'), 'utf8')).toBe('GGUF')
  expect(await readdir(store)).toEqual(['blobs'])
  await removeScratch(plan)
  expect(await readdir(folder)).toEqual(['model.gguf'])
})

test('what cannot be linked is told, and the start goes on', async () => {
  await writeFile(join(folder, 'in-the-way'), '')
  const problems = await linkFiles(planOf([{ at: join(folder, 'in-the-way', 'blob'), to: join(folder, 'model') }], []))
  expect(problems).toEqual([expect.stringContaining('could not be linked and is copied')])
})
