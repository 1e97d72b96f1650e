import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { verdictSchema } from '../../electron/contract/runtime'
import { readRecording } from '../../electron/core/hardware/recording'
import { runtimes } from '../../electron/core/runtimes/registry'
import type { RenderRequest, Runtime } from '../../electron/core/runtimes/runtime'
import { inputOf } from '../unit/runtimes/launching'

/** One fixture per runtime: where it can run, and its command line for two requests, as a person would type it. */
const fixtureSchema = z.strictObject({
  runsOn: z.array(z.string()),
  /** Where a person can start it although it is never recommended. */
  byHand: z.array(z.string()).optional(),
  notOn: z.array(z.string()),
  plain: z.array(z.string()),
  full: z.array(z.string()),
})
export type RuntimeFixture = z.infer<typeof fixtureSchema>

export const fixtureOf = (root: string, id: string): RuntimeFixture =>
  fixtureSchema.parse(JSON.parse(readFileSync(join(root, 'test/fixtures/runtimes', `${id}.json`), 'utf8')))

export const plain: RenderRequest = {
  ...{ model: { id: 'org/model', artifact: 'Q4_K_M', path: null }, route: 'chat', contextTokens: 8192, slots: 1, threads: null },
  ...{ gpuLayers: null, kvQuantisation: null, port: 8101, tensorParallel: 1 },
}
export const full: RenderRequest = {
  ...{ model: { id: 'org/model', artifact: 'Q4_K_M', path: '/models/m' }, route: 'chat', contextTokens: 4096, slots: 4, threads: 6 },
  ...{ gpuLayers: 20, kvQuantisation: 'q8_0', port: 8101, tensorParallel: 2, tensorSplit: [12, 8], memoryShare: 0.9 },
}

export type RecordedCheck = (runtime: Runtime, root: string) => Promise<void> | void

const machineOf = (root: string, name: string) => readRecording(join(root, 'test/fixtures/machines', name))

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

/** What is known of every adapter without its runtime: each throws with the difference. */
export const recordedChecks: Readonly<Record<string, RecordedCheck>> = {
  async 'runs-on'(runtime, root) {
    for (const name of fixtureOf(root, runtime.id).runsOn) {
      const verdict = verdictSchema.parse(runtime.judge(await machineOf(root, name)))
      must(verdict.can && verdict.notAdvised === undefined, `it cannot run on ${name}`)
    }
    for (const name of fixtureOf(root, runtime.id).byHand ?? []) {
      const verdict = verdictSchema.parse(runtime.judge(await machineOf(root, name)))
      must(verdict.can && /^[A-Z].{15,}\.$/.test(verdict.notAdvised ?? ''), `it is not for ${name} by hand only`)
    }
  },
  async 'not-on'(runtime, root) {
    for (const name of fixtureOf(root, runtime.id).notOn) {
      const verdict = runtime.judge(await machineOf(root, name))
      must(!verdict.can, `it can run on ${name}`)
      must(/^[A-Z].{15,}\.$/.test(verdict.why), `no sentence: ${verdict.why}`)
    }
  },
  render(runtime, root) {
    const fixture = fixtureOf(root, runtime.id)
    for (const [request, wanted] of [
      [plain, fixture.plain],
      [full, fixture.full],
    ] as const) {
      const rendered = runtime.render(request)
      must(JSON.stringify(rendered) === JSON.stringify(wanted), `rendered ${rendered.join(' ')}, not ${wanted.join(' ')}`)
    }
  },
  facts({ facts, homepage, purpose }) {
    must(purpose.endsWith('.') && homepage.startsWith('https://'), 'no purpose or homepage')
    must(facts.matrixSource.length > 20 && new Set(facts.traits).size === facts.traits.length, 'no source of the matrix, or a trait twice')
    const sentences = [...Object.values(facts.matrix).map(cell => cell.says), ...facts.givesUp]
    for (const sentence of [...sentences, ...Object.values(facts.fulfils), ...Object.values(facts.madeFor)]) {
      must(/^[A-Z].*\.$/.test(sentence), `no sentence: ${sentence}`)
    }
    for (const factor of Object.values(facts.speedFactor)) must(factor > 0, `speed factor ${factor}`)
  },
  cost({ facts }) {
    if (facts.traits.includes('attach-only')) return
    for (const backend of Object.keys(facts.speedFactor)) must((facts.memory.overheadMiB[backend] ?? 0) > 0, `no overhead on ${backend}`)
  },
  /** What it knows of failures is known of none without a sign of it: silence is not explained. */
  explain({ launch }) {
    const silence = { lines: [], exitCode: 1, signal: null, portHolder: null, oomKilled: false, stalled: false }
    const explained = launch?.explain({ ...silence, input: inputOf(), file: { exists: true, bytes: 1, magic: 'GGUF' } })
    must(!explained, `it explains silence: ${explained?.headline ?? ''}`)
  },
}

export type RecordedRow = {
  runtime: string
  build: string
  version: null
  live: false
  check: string
  result: 'pass' | 'fail'
  why?: string
  ms: number
}

/** All recorded checks of all adapters, as rows of the table. */
export async function recordedRows(root: string): Promise<RecordedRow[]> {
  const rows: RecordedRow[] = []
  for (const runtime of runtimes) {
    for (const [check, work] of Object.entries(recordedChecks)) {
      const began = performance.now()
      const why = await Promise.resolve()
        .then(() => work(runtime, root))
        .then(
          () => null,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        )
      const row = {
        runtime: runtime.id,
        build: 'recorded',
        version: null,
        live: false,
        check,
        ms: Math.round(performance.now() - began),
      } as const
      rows.push({ ...row, result: why === null ? 'pass' : 'fail', ...(why === null ? {} : { why }) })
    }
  }
  return rows
}
