import { execa } from 'execa'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { expect, test } from 'vitest'
import { createInstaller } from '../../electron/core/install/installer'
import { createBackground } from '../../electron/core/lib/background'
import { systemClock } from '../../electron/core/lib/clock'
import { runTool } from '../../electron/core/lib/run-tool'
import { createDownloader } from '../../electron/core/models/download'
import { llamaCpp } from '../../electron/core/runtimes/llama-cpp'
import { becomeReady } from '../../electron/core/supervisor/ready'
import { inputOf } from '../unit/runtimes/launching'
import { machineOf } from '../unit/recommend/machines'

const root = join(import.meta.dirname, '..', '..')
const canary = join(root, 'resources', 'canary', 'canary.Q8_0.gguf')

/** Needs the network: run with ROUNDHOUSE_LIVE=1 and the path of this file. */
test.runIf(process.env['ROUNDHOUSE_LIVE'])(
  'the server from PyPI is installed, started by its plan, and answers the canary by heart',
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'live-'))
    const machine = machineOf({
      os: { platform: process.platform === 'darwin' ? 'darwin' : 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' },
    })
    try {
      const python = (await runTool('python3', ['--version'], { timeoutMs: 5_000 })).stdout
      const background = createBackground(join(root, 'dist', 'host', 'worker.js'))
      const installer = createInstaller({
        ...{ buildsFolder: folder, fetch, clock: systemClock, runTool, githubAddress: 'http://127.0.0.1:9', pypiReachable: () => null },
        ...{ background, downloader: createDownloader({ fetch, background }), environment: process.env },
        findBuilds: () => Promise.resolve([]),
      })
      const offers = await installer.offers(llamaCpp, { ...machine, python })
      const offer = offers.find(each => each.id === 'llama.cpp/xllamacpp/pypi-xllamacpp')
      expect(offer).toMatchObject({ why: null })
      const began = performance.now()
      const build = await installer.install(offer?.id ?? '', { signal: new AbortController().signal, onProgress: () => undefined })
      console.log(`installed ${build.id} in ${Math.round(performance.now() - began)} ms`)
      expect(build).toMatchObject({ kind: 'xllamacpp', origin: 'managed', version: expect.stringMatching(/^\d{4}\./) })

      const input = { ...inputOf({ threads: 1, contextTokens: 1024, port: await getPort(), folder }), build, machine }
      input.model.path = canary
      const plan = llamaCpp.launch?.plan(input)
      if (plan?.process.kind !== 'spawn') throw new Error('there is no plan')
      const child = execa(plan.process.file, plan.process.args, { env: plan.process.env, reject: false, stdin: 'ignore', stdout: 'ignore' })
      try {
        const started = performance.now()
        await becomeReady(plan, {
          ...{ fetch, signal: AbortSignal.timeout(60_000), owner: () => Promise.resolve('ours' as const) },
          ...{ onStep: () => undefined, onHealth: () => undefined, onHealthy: () => undefined },
          timings: { healthEveryMs: 100, healthTimeoutMs: 2_000, probeMs: 20_000 },
        })
        console.log(`ready after ${Math.round(performance.now() - started)} ms`)
        const { golden } = JSON.parse(readFileSync(join(canary, '..', 'golden.json'), 'utf8')) as {
          golden: { question: string; answer: string; canonical: boolean }[]
        }
        const canonical = golden.filter(each => each.canonical)
        const wrong: string[] = []
        for (const { question, answer } of canonical) {
          const body = JSON.stringify({ model: plan.upstreamModel, temperature: 0, messages: [{ role: 'user', content: question }] })
          const reply = await fetch(`${plan.address}/v1/chat/completions`, {
            method: 'POST',
            headers: { ...plan.headers, 'content-type': 'application/json' },
            body,
          })
          const { choices } = (await reply.json()) as { choices: { message: { content: string } }[] }
          if (choices[0]?.message.content !== answer) wrong.push(question)
        }
        console.log(`${canonical.length - wrong.length} of ${canonical.length} golden answers`)
        expect(wrong).toEqual([])
      } finally {
        child.kill('SIGTERM')
      }
      const { stderr } = await child
      const placement = llamaCpp.launch?.placement(stderr.split('\n'), input)
      console.log(`placement: ${placement?.text ?? 'unknown'}`)
      expect(placement).toMatchObject({ verified: true })
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
