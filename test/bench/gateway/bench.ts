import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median, percentile, type FromPart, type Load, type LoadResult, type ToPart, type Usage } from './protocol'

/**
 * What the gateway adds: the same load against a synthetic runtime directly, through Roundhouse's gateway and through the plainest Node proxy,
 * each in a process of its own, interleaved round by round. Medians of the rounds.
 */
const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rounds: { type: 'string', default: '3' }, quick: { type: 'boolean' } },
})
const rounds = values.quick ? 1 : Number(values.rounds)
const say = (line: string) => process.stderr.write(`${line}\n`)

const loads: Record<string, Omit<Load, 'port'>> = {
  '1': { streams: 1, requests: 120, tokens: 4, delayMs: 5, jitterMs: 0 },
  '8': { streams: 8, requests: 120, tokens: 16, delayMs: 20, jitterMs: 300 },
  '32': { streams: 32, requests: 352, tokens: 16, delayMs: 20, jitterMs: 300 },
  '128': { streams: 128, requests: 1_024, tokens: 16, delayMs: 20, jitterMs: 300 },
}
/** One packet per token, 3,200 tokens a second: what a busy desk asks of a gateway. */
const paced: Omit<Load, 'port'> = { streams: 32, requests: 64, tokens: 200, delayMs: 10, jitterMs: 100 }
const warmUp: Omit<Load, 'port'> = { streams: 128, requests: 384, tokens: 8, delayMs: 2, jitterMs: 100 }

type Part = { port: number; request(message: ToPart): Promise<FromPart>; end(): void }
type Target = { name: string; port: number; part: Part }
type Samples = {
  p50: Record<string, number[]>
  p99: Record<string, number[]>
  tokensPerSecond: number[]
  cpuPerMillion: number[]
  errors: number
  firstError: string | null
}

function startPart(role: string, ...more: string[]): Promise<Part> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'part.js'), [role, ...more], { execArgv: [] })
  const next = () =>
    new Promise<FromPart>((resolve, reject) => {
      child.once('message', resolve)
      child.once('exit', code => reject(new Error(`The part ${role} ended with ${String(code)}`)))
    })
  child.setMaxListeners(1_000)
  return next().then(ready => ({
    port: ready.type === 'ready' ? ready.port : 0,
    request(message) {
      const answer = next()
      child.send(message)
      return answer
    },
    end: () => void child.kill(),
  }))
}

async function usageOf(part: Part): Promise<Usage> {
  const answer = await part.request({ type: 'usage' })
  if (answer.type !== 'usage') throw new Error('The part did not tell its usage')
  return answer.usage
}

async function run(client: Part, target: Target, load: Omit<Load, 'port'>): Promise<LoadResult> {
  const answer = await client.request({ type: 'run', load: { ...load, port: target.port } })
  if (answer.type !== 'result') throw new Error('The client did not tell its result')
  return answer.result
}

const emptySamples = (): Samples => ({
  p50: Object.fromEntries(Object.keys(loads).map(name => [name, []])),
  p99: Object.fromEntries(Object.keys(loads).map(name => [name, []])),
  tokensPerSecond: [],
  cpuPerMillion: [],
  errors: 0,
  firstError: null,
})

async function measure(client: Part, targets: readonly Target[]): Promise<Map<string, Samples>> {
  const samples = new Map(targets.map(target => [target.name, emptySamples()]))
  for (const target of targets) await run(client, target, warmUp)
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, load] of Object.entries(loads)) {
      for (const target of targets) {
        const result = await run(client, target, load)
        const kept = note(samples, target, result)
        kept.p50[name]?.push(percentile(result.ttftMs, 0.5))
        kept.p99[name]?.push(percentile(result.ttftMs, 0.99))
      }
      say(`round ${round} of ${rounds}: ${name} streams`)
    }
    for (const target of targets) {
      const before = await usageOf(target.part)
      const result = await run(client, target, paced)
      const after = await usageOf(target.part)
      const kept = note(samples, target, result)
      kept.tokensPerSecond.push(result.tokens / result.seconds)
      kept.cpuPerMillion.push(((after.cpuSeconds - before.cpuSeconds) / result.tokens) * 1e6)
    }
    say(`round ${round} of ${rounds}: paced`)
  }
  return samples
}

function note(samples: ReadonlyMap<string, Samples>, target: Target, result: LoadResult): Samples {
  const kept = samples.get(target.name) ?? emptySamples()
  kept.errors += result.errors
  kept.firstError ??= result.firstError
  return kept
}

const round = (value: number, digits = 3) => Number(value.toFixed(digits))

async function report(samples: ReadonlyMap<string, Samples>, targets: readonly Target[]) {
  const direct = samples.get('direct') ?? emptySamples()
  const rows = await Promise.all(
    targets.map(async ({ name, part }) => {
      const own = samples.get(name) ?? emptySamples()
      const ratios = own.tokensPerSecond.map((speed, index) => speed / (direct.tokensPerSecond[index] ?? Number.NaN))
      const ttftMs = Object.fromEntries(
        Object.keys(loads).map(streams => [
          streams,
          { p50: round(median(own.p50[streams] ?? [])), p99: round(median(own.p99[streams] ?? [])) },
        ]),
      )
      const figures = {
        ttftMs,
        deliveredRatio: round(median(ratios), 4),
        cpuSecPerMillionTokens: round(median(own.cpuPerMillion), 1),
        rssMiB: round((await usageOf(part)).peakRssMiB, 1),
        errors: own.errors,
        ...(own.firstError === null ? {} : { firstError: own.firstError }),
      }
      return [name, figures] as const
    }),
  )
  return Object.fromEntries(rows)
}

function printTable(figures: Awaited<ReturnType<typeof report>>) {
  const direct = figures['direct']
  const head = ['target', ...Object.keys(loads).map(streams => `TTFT p50/p99 ms, ${streams}`), 'delivered', 'CPU s/M', 'RSS MiB', 'errors']
  const rows = Object.entries(figures).map(([name, own]) => [
    name,
    ...Object.keys(loads).map(streams => {
      const { p50 = 0, p99 = 0 } = own.ttftMs[streams] ?? {}
      const added = name === 'direct' ? '' : ` (+${(p50 - (direct?.ttftMs[streams]?.p50 ?? 0)).toFixed(2)})`
      return `${p50.toFixed(2)}${added} / ${p99.toFixed(1)}`
    }),
    own.deliveredRatio.toFixed(4),
    String(own.cpuSecPerMillionTokens),
    String(own.rssMiB),
    String(own.errors),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)))
  for (const row of [head, ...rows]) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
}

const upstream = await startPart('upstream')
const ours = await startPart('ours', String(upstream.port))
const pipe = await startPart('node-http-pipe', String(upstream.port))
const client = await startPart('client')
const targets: Target[] = [
  { name: 'direct', port: upstream.port, part: upstream },
  { name: 'ours', port: ours.port, part: ours },
  { name: 'node-http-pipe', port: pipe.port, part: pipe },
]
try {
  const figures = await report(await measure(client, targets), targets)
  const { direct, ours: own, ...baselines } = figures
  if (values.json) process.stdout.write(`${JSON.stringify({ direct, ours: own, baselines })}\n`)
  else printTable(figures)
} finally {
  for (const part of [client, ours, pipe, upstream]) part.end()
}
