import { execa } from 'execa'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { expect, test } from 'vitest'
import { llamaCpp } from '../../electron/core/runtimes/llama-cpp'
import type { LaunchInput } from '../../electron/core/runtimes/runtime'
import { becomeReady } from '../../electron/core/supervisor/ready'
import { inputOf } from '../unit/runtimes/launching'
import { installXllamacpp, machine } from './xllamacpp-build'

const root = join(import.meta.dirname, '..', '..')
const canary = join(root, 'resources', 'canary', 'canary.Q8_0.gguf')
const draftFile = join(root, 'resources', 'canary', 'canary-draft.Q8_0.gguf')
const { golden } = JSON.parse(readFileSync(join(canary, '..', 'golden.json'), 'utf8')) as {
  golden: { question: string; answer: string; canonical: boolean }[]
}
const canonical = golden.filter(each => each.canonical)

type Reply = { choices: { message: { content: string } }[]; timings?: { draft_n?: number; draft_n_accepted?: number } }

/** Starts a server by its plan, asks all the known questions at once, and ends it. */
async function askedOf(input: LaunchInput) {
  const plan = llamaCpp.launch?.plan(input)
  if (plan?.process.kind !== 'spawn') throw new Error('there is no plan')
  const child = execa(plan.process.file, plan.process.args, { env: plan.process.env, reject: false, stdin: 'ignore', stdout: 'ignore' })
  const replies: Reply[] = []
  try {
    const started = performance.now()
    await becomeReady(plan, {
      ...{ fetch, signal: AbortSignal.timeout(60_000), owner: () => Promise.resolve('ours' as const) },
      ...{ onStep: () => undefined, onHealth: () => undefined, onHealthy: () => undefined },
      timings: { healthEveryMs: 100, healthTimeoutMs: 2_000, probeMs: 20_000 },
    })
    console.log(`ready after ${Math.round(performance.now() - started)} ms`)
    const ask = async (question: string): Promise<Reply> => {
      const body = JSON.stringify({ model: plan.upstreamModel, temperature: 0, messages: [{ role: 'user', content: question }] })
      const headers = { ...plan.headers, 'content-type': 'application/json' }
      return (await (await fetch(`${plan.address}/v1/chat/completions`, { method: 'POST', headers, body })).json()) as Reply
    }
    replies.push(...(await Promise.all(canonical.map(each => ask(each.question)))))
  } finally {
    child.kill('SIGTERM')
  }
  const { stderr } = await child
  const sum = (of: (reply: Reply) => number | undefined) => replies.reduce((total, reply) => total + (of(reply) ?? 0), 0)
  return {
    answers: replies.map(reply => reply.choices[0]?.message.content),
    log: stderr.split('\n'),
    guessed: sum(reply => reply.timings?.draft_n),
    accepted: sum(reply => reply.timings?.draft_n_accepted),
  }
}

/** Needs the network: run with ROUNDHOUSE_LIVE=1 and the path of this file. */
test.runIf(process.env['ROUNDHOUSE_LIVE'])(
  'the server from PyPI is installed, started by its plan, and answers the canary by heart, with a draft model too',
  { timeout: 600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'live-'))
    try {
      const began = performance.now()
      const build = await installXllamacpp(folder)
      console.log(`installed ${build.id} in ${Math.round(performance.now() - began)} ms`)
      expect(build).toMatchObject({ kind: 'xllamacpp', origin: 'managed', version: expect.stringMatching(/^\d{4}\./) })

      const input = { ...inputOf({ threads: 1, contextTokens: 1024, port: await getPort(), folder }), build, machine }
      input.model.path = canary
      const alone = await askedOf(input)
      console.log(
        `alone: ${alone.answers.filter((answer, at) => answer === canonical[at]?.answer).length} of ${canonical.length} golden answers`,
      )
      expect(alone.answers).toEqual(canonical.map(each => each.answer))
      expect(alone.guessed).toBe(0)
      const placement = llamaCpp.launch?.placement(alone.log, input)
      console.log(`placement: ${placement?.text ?? 'unknown'}`)
      expect(placement).toMatchObject({ verified: true })

      expect(llamaCpp.launch?.refusesDraft?.({ build, knownFlags: null })).toBeNull()
      const small = { id: 'roundhouse/canary-draft:Q8_0', title: 'Canary draft', path: draftFile, tokens: 3 }
      const drafted = await askedOf({ ...input, port: await getPort(), draft: small })
      console.log(`with a draft: ${drafted.accepted} of ${drafted.guessed} guessed tokens were right`)
      expect(drafted.answers).toEqual(alone.answers)
      expect(drafted.accepted).toBeGreaterThan(drafted.guessed / 4)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)
