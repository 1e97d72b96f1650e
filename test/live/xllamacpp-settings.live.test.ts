import { execa } from 'execa'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Build, SettingValues } from '../../electron/contract/runtime'
import { runTool } from '../../electron/core/lib/run-tool'
import { llamaCpp } from '../../electron/core/runtimes/llama-cpp'
import { parseServerFlags } from '../../electron/core/runtimes/llama-cpp.flags'
import { xllamacppLauncherOf } from '../../electron/core/runtimes/llama-cpp.xllamacpp'
import { becomeReady } from '../../electron/core/supervisor/ready'
import { inputOf } from '../unit/runtimes/launching'
import { installXllamacpp, machine } from './xllamacpp-build'

const canary = join(import.meta.dirname, '..', '..', 'resources', 'canary', 'canary.Q8_0.gguf')

/** What a started server says of itself. */
type Told = { log: string; ask: (path: string, body?: unknown) => Promise<unknown> }

let folder = ''
let build: Build
let knownFlags: ReadonlySet<string> = new Set()

/** Starts the real server by the adapter's plan with these settings, lets it be asked, and ends it. */
async function withServer(settings: SettingValues, { flags = [], check }: { flags?: string[]; check: (told: Told) => Promise<void> }) {
  const input = inputOf({ threads: 1, contextTokens: 512, slots: 2, port: await getPort(), folder, request: { settings, flags } })
  input.model.path = canary
  const plan = llamaCpp.launch?.plan({ ...input, build, knownFlags, machine })
  if (plan?.process.kind !== 'spawn') throw new Error('there is no plan')
  expect(plan.notes).toEqual([])
  const child = execa(plan.process.file, plan.process.args, { env: plan.process.env, reject: false, stdin: 'ignore', all: true })
  let log = ''
  child.all.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const ended = new AbortController()
  void child.then(() => ended.abort())
  try {
    await becomeReady(plan, {
      ...{ fetch, signal: AbortSignal.any([AbortSignal.timeout(60_000), ended.signal]), owner: () => Promise.resolve('ours' as const) },
      ...{ onStep: () => undefined, onHealth: () => undefined, onHealthy: () => undefined },
      timings: { healthEveryMs: 100, healthTimeoutMs: 2_000, probeMs: 20_000 },
    })
    const headers = { ...plan.headers, 'content-type': 'application/json' }
    const ask = async (path: string, body?: unknown): Promise<unknown> => {
      const post = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return (await fetch(`${plan.address}${path}`, { headers, ...post })).json()
    }
    await check({ ask, log })
  } catch (error) {
    throw new Error(`${String(error)}; its log: ${log}`, { cause: error })
  } finally {
    child.kill('SIGTERM')
    await child
  }
}

const hi = { messages: [{ role: 'user', content: 'hi' }] }

/** Needs the network: run with ROUNDHOUSE_LIVE=1 and the path of this file. */
describe.runIf(process.env['ROUNDHOUSE_LIVE'])('settings take effect in the real server from PyPI', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'settings-'))
    build = await installXllamacpp(folder)
    const python = build.path ?? ''
    const help = await runTool(python, [xllamacppLauncherOf(python), '--help'], { timeoutMs: 60_000 })
    knownFlags = new Set(parseServerFlags(help.stdout))
  }, 600_000)
  afterAll(() => rm(folder, { recursive: true }))

  test('memory and speed, by its log and its /props', async () => {
    const settings = {
      ...{ cacheRam: 64, kvUnified: true, fit: 'off', loadMode: 'none', batch: 256, microBatch: 64 },
      ...{ flashAttention: 'off', threadsBatch: 2, ropeScaling: 'linear', ropeScale: 2 },
    }
    await withServer(settings, {
      async check({ ask, log }) {
        expect(await ask('/props')).toMatchObject({ total_slots: 2, default_generation_settings: { n_ctx: 1024 } })
        expect(await ask('/slots')).toMatchObject([{ n_ctx: 1024 }, { n_ctx: 1024 }])
        for (const line of [
          /prompt cache is enabled, size limit: 64 MiB/,
          /kv_unified += true/,
          /load_mode = none/,
          /n_batch += 256/,
          /n_ubatch += 64/,
          /flash_attn += disabled/,
          /n_threads = 1 \(n_threads_batch = 2\)/,
          /rope scaling += linear/,
          /freq_scale += 0\.5/,
        ]) {
          expect(log).toMatch(line)
        }
        expect(log).not.toContain('fitting params to device memory')
      },
    })
  })

  test('what a GPU would be told is taken: margin, split, shares, places of experts', async () => {
    const settings = {
      fitMargin: 512,
      splitMode: 'layer',
      tensorSplit: '3,1',
      mainGpu: 0,
      cpuMoe: true,
      kvOffload: false,
      numa: 'distribute',
    }
    await withServer(settings, {
      flags: ['--override-tensor', String.raw`blk\.1\.ffn_up=CPU`],
      check({ log }) {
        expect(log).toMatch(/>= 512 MiB/)
        expect(log).toMatch(/tensor overrides to CPU/)
        return Promise.resolve()
      },
    })
  })

  test('template, its values and reasoning, by the prompt that it makes', async () => {
    const settings = {
      ...{ chatTemplate: '{{ messages[0].content }}|{{ enable_thinking }}|{{ tone }}', chatTemplateValues: '{"tone": "dry"}' },
      ...{ reasoning: 'off', reasoningFormat: 'none', cacheReuse: 16 },
    }
    await withServer(settings, {
      flags: ['--temp', '0.25', '--top-k', '7', '--seed', '42'],
      async check({ ask }) {
        expect(await ask('/apply-template', hi)).toEqual({ prompt: 'hi|False|dry' })
        const params = { temperature: 0.25, top_k: 7, seed: 42, reasoning_format: 'none' }
        expect(await ask('/props')).toMatchObject({ default_generation_settings: { params } })
      },
    })
  })

  test('an answer goes on beyond the context, and a draft from earlier text is used', async () => {
    await withServer(
      { contextShift: true, speculative: 'ngram-simple', jinja: false },
      {
        async check({ ask, log }) {
          expect(log).toMatch(/ngram-simple|ngram_simple/)
          const answer = await ask('/v1/chat/completions', { ...hi, max_tokens: 700, ignore_eos: true })
          expect(answer).toMatchObject({ usage: { completion_tokens: 700 } })
        },
      },
    )
  })

  test('vectors with their pooling, and sleep when idle', async () => {
    await withServer(
      { embeddings: true, pooling: 'mean', sleepAfter: 1 },
      {
        async check({ ask, log }) {
          expect(log).toMatch(/\[1\] was specified/)
          expect(await ask('/v1/embeddings', { input: 'the cat' })).toMatchObject({ data: [{ embedding: { length: 256 } }] })
          await expect.poll(() => ask('/props'), { timeout: 20_000, interval: 300 }).toMatchObject({ is_sleeping: true })
        },
      },
    )
  })

  test('a LoRA adapter that is not there ends the start: it was told of it', async () => {
    const missing = withServer({ lora: join(folder, 'missing.gguf') }, { check: () => Promise.resolve() })
    await expect(missing).rejects.toThrow(/missing\.gguf/)
  })
})
