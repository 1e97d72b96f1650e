import { build } from 'esbuild'
import { execa } from 'execa'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../electron/core/lib/clock'
import { sweepUnfinished, unfinishedSchema } from '../../../electron/core/models/conversions/unfinished'
import { openStore } from '../../../electron/core/store/open-store'
import { openConversions, putTool } from './conversions-bench'
import { root, temporaryFolder } from './models-bench'

const child = join(root, 'dist', 'test', 'conversion-child.mjs')
let folder: ReturnType<typeof temporaryFolder>
let database: string
let place: string

beforeAll(async () => {
  const banner = { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" }
  await build({
    ...{ entryPoints: [join(import.meta.dirname, 'conversion-child.ts')], outfile: child, bundle: true, platform: 'node', format: 'esm' },
    ...{ banner, logLevel: 'error' },
  })
})
beforeEach(() => {
  folder = temporaryFolder()
  database = join(folder.path, 'database')
  mkdirSync(database)
  place = join(folder.path, 'models', 'org', 'name')
})
afterEach(() => folder.remove())

async function killInTheMiddle() {
  const running = execa(process.execPath, [child, database, join(place, 'name-Q8_0.gguf')], { reject: false })
  await once(running.stdout, 'data')
  running.kill('SIGKILL')
  await running
}

async function sweep() {
  const store = openStore(database, systemClock)
  const rows = store.collection('conversions-unfinished', unfinishedSchema)
  const notices = await sweepUnfinished(rows)
  const left = rows.all()
  store.close()
  return { notices, left }
}

it('what a host that was killed left of a conversion goes at the next start, which says so once', { timeout: 30_000 }, async () => {
  await killInTheMiddle()
  expect(readdirSync(place).map(name => name.replace(/-[0-9a-f]{12}$/, '-…'))).toEqual(['.converting-…', 'name-Q8_0.gguf.converting'])
  expect(await sweep()).toEqual({
    notices: ['Deleted what an earlier run left of a conversion (3 MB): name: Quantise Q8_0.'],
    left: [],
  })
  // So are the folders that were made for the result.
  expect(existsSync(join(folder.path, 'models'))).toBe(false)
  expect(await sweep()).toEqual({ notices: [], left: [] })
})

it('nothing else goes: other files, what another home makes, and what lies on a disk that is not there', { timeout: 30_000 }, async () => {
  mkdirSync(join(place, '.converting-of-another-home'), { recursive: true })
  writeFileSync(join(place, 'name-Q4_K_M.gguf'), 'weights')
  await killInTheMiddle()
  renameSync(join(folder.path, 'models'), join(folder.path, 'unplugged'))
  expect((await sweep()).left).toHaveLength(1)
  renameSync(join(folder.path, 'unplugged'), join(folder.path, 'models'))
  expect((await sweep()).notices).toHaveLength(1)
  expect(readdirSync(place)).toEqual(['.converting-of-another-home', 'name-Q4_K_M.gguf'])
})

it('a row that names anything but such places deletes nothing', async () => {
  mkdirSync(place, { recursive: true })
  const store = openStore(database, systemClock)
  const row = { title: 'damaged', folder: place, output: join(folder.path, 'models', 'name.converting'), made: null }
  store.collection('conversions-unfinished', unfinishedSchema).set('damaged', row)
  store.close()
  expect(await sweep()).toEqual({ notices: [], left: [] })
  expect(existsSync(place)).toBe(true)
})

it('a conversion is on record while it runs, so that a kill is made good, and off it afterwards', { timeout: 30_000 }, async () => {
  const go = join(folder.path, 'go')
  putTool(folder.path, 'llama-quantize', `while [ ! -e ${go} ]; do /bin/sleep 0.05; done; exit 1`)
  const { conversions, model, jobs, unfinished } = await openConversions(folder.path)
  const { id } = await conversions.run({ id: model.id, conversion: 'requantise', choice: 'Q8_0' })
  while (unfinished.all().length === 0) await sleep(10)
  expect(unfinished.all()).toMatchObject([{ value: { title: expect.stringMatching(/Q8_0$/) as unknown } }])
  writeFileSync(go, '')
  await jobs.finished(id)
  expect(unfinished.all()).toEqual([])
})

it('tools that were being fetched go too, and those that are whole stay', async () => {
  mkdirSync(join(folder.path, 'tools', '.making-gguf-quantiser-0.7.0'), { recursive: true })
  mkdirSync(join(folder.path, 'tools', 'mlx-0.32.2'))
  const { conversions } = await openConversions(folder.path)
  expect(await conversions.sweep()).toEqual(['Deleted what an earlier run left of tools that it fetched: gguf-quantiser-0.7.0.'])
  expect(readdirSync(join(folder.path, 'tools'))).toEqual(['mlx-0.32.2'])
})
