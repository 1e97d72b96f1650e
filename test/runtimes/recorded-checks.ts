import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { verdictSchema, type Setting } from '../../electron/contract/runtime'
import { readRecording } from '../../electron/core/hardware/recording'
import { runtimes } from '../../electron/core/runtimes/registry'
import type { RenderRequest, Runtime } from '../../electron/core/runtimes/runtime'
import { checkSettings, settingsToArguments } from '../../electron/core/runtimes/settings'
import { evidenceOf, inputOf } from '../unit/runtimes/launching'

/** One fixture per runtime: where it can run, and its command line for two requests, as a person would type it. */
const fixtureSchema = z.strictObject({
  runsOn: z.array(z.string()),
  /** Where a person can start it although it is never recommended. */
  byHand: z.array(z.string()).optional(),
  notOn: z.array(z.string()),
  plain: z.array(z.string()),
  full: z.array(z.string()),
})
const causesSchema = z.array(z.strictObject({ line: z.string(), cause: z.string() }))
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
  /** Everything that can be set is said with flags and variables that the runtime has. */
  settings({ id, settings = [] }, root) {
    const known = flagsOf(root, id)
    must(
      settings.length === 0 || known !== null || settings.every(each => each.flag === null && each.environment === null),
      'no list of its flags',
    )
    must(new Set(settings.map(each => each.id)).size === settings.length, 'two settings of one id')
    for (const setting of settings) {
      const problem = problemOf(setting, known)
      must(problem === null, `${setting.id}: ${problem ?? ''}`)
    }
  },
  /** What is told of its API has a source and, where it is not plainly yes, a reason. */
  api({ api }) {
    if (!api) return
    must(api.source.startsWith('https://'), 'no source')
    for (const [feature, told] of Object.entries(api.features)) {
      must(told.support === 'native' || (told.why ?? '').endsWith('.'), `${feature} is ${told.support} without a reason`)
    }
  },
  /** Figures are read from any page without throwing, and what is never told has a reason. */
  metrics({ metrics }) {
    if (!metrics) return
    must(
      Object.values(metrics.parse('<html>nothing</html>')).every(each => each === null),
      'it reads figures in a page that has none',
    )
    for (const why of Object.values(metrics.absent ?? {})) must(why.endsWith('.'), `no sentence: ${why}`)
  },
  /** A server that runs already is known by what only it answers. */
  attach({ attach, launch }) {
    if (!attach) return
    must(launch !== undefined, 'it is recognised but cannot be attached')
    for (const body of ['', '{}', '[]', '<html></html>', '{"object":"list","data":[]}', '{"status":"ok"}'])
      must(!attach.recognise(body), `it takes ${body} for its own`)
  },
  /** What it explains, it explains in the words of its runtime: one documented line for each cause. */
  causes({ id, launch }, root) {
    const path = join(root, 'test/fixtures/runtimes/causes', `${id}.json`)
    if (!launch || !existsSync(path)) return
    for (const { line, cause } of causesSchema.parse(JSON.parse(readFileSync(path, 'utf8')))) {
      const found = launch.explain(evidenceOf([line]))?.cause ?? 'nothing'
      must(found === cause, `${found}, not ${cause}: ${line}`)
    }
  },
}

/** Flags and variables that a runtime has, as recorded or documented; null when there is no list of it. */
export function flagsOf(root: string, id: string): ReadonlySet<string> | null {
  const path = join(root, 'test/fixtures/runtimes/flags', `${id}.txt`)
  if (!existsSync(path)) return null
  return new Set(readFileSync(path, 'utf8').trim().split('\n').slice(1))
}

/** The values at the edges of what a setting allows, so that every way to say it is rendered. */
function edges({ value }: Setting): (number | string | boolean)[] {
  if (value.kind === 'number') return [value.least, value.most]
  if (value.kind === 'choice') return value.options
  if (value.kind === 'switch') return [true, false]
  return [value.json ? '{"a": 1}' : 'text']
}

/** What is wrong with how a setting is described or rendered; null when nothing is. */
function problemOf(setting: Setting, known: ReadonlySet<string> | null): string | null {
  const { title, help, source, value, environment, flag } = setting
  if (!help.endsWith('.') || title.length < 3 || !source.startsWith('https://')) return 'it is not described'
  if (value.default !== null) checkSettings([{ ...setting, flag: null }], { [setting.id]: value.default })
  // A list that is recorded from a `--help` names no variables.
  const variables = [...(known ?? [])].filter(each => /^[A-Z]/.test(each))
  if (environment !== null && variables.length > 0 && !variables.includes(environment)) return `there is no variable ${environment}`
  // What has neither flag nor variable goes another way, such as the body of a request.
  if (flag === null && environment === null) return null
  return edges(setting).flatMap(edge => settingsToArguments([setting], { [setting.id]: edge }, known).dropped)[0]?.why ?? null
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
