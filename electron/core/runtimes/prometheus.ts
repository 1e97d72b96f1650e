/** One line of an exposition: `vllm:num_requests_running{model_name="m"} 3`. */
export type Sample = { name: string; labels: Readonly<Record<string, string>>; value: number }

/** An engine's page has some hundred kB; what is longer is cut, so that a page gone wrong costs little. */
const lengthMost = 4 * 1024 * 1024
const samplesMost = 50_000

/** Name, labels between braces in which quotes may hold a brace, and the value; a timestamp may follow. */
const line = /^([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)/
const label = /([A-Za-z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/g

/**
 * Reads the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). Lines that are not
 * samples, comments among them, are passed over; so are the ones that a cut left unfinished. Never throws.
 */
export function parsePrometheus(body: string): Sample[] {
  const samples: Sample[] = []
  const text = body.length > lengthMost ? body.slice(0, body.lastIndexOf('\n', lengthMost) + 1) : body
  for (const each of text.split('\n')) {
    const sample = readSample(each.trim())
    if (sample) samples.push(sample)
    if (samples.length >= samplesMost) break
  }
  return samples
}

function readSample(text: string): Sample | null {
  if (text === '' || text.startsWith('#')) return null
  const match = line.exec(text)
  const value = valueOf(match?.[3] ?? '')
  const name = match?.[1]
  if (name === undefined || value === null) return null
  return { name, labels: readLabels(match?.[2] ?? ''), value }
}

const readLabels = (text: string) =>
  Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, unescape(value)]))

const unescape = (text: string) => text.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter))

const infinities: Readonly<Record<string, number>> = { '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity, NaN: Number.NaN }

function valueOf(text: string): number | null {
  const named = infinities[text]
  if (named !== undefined) return named
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : null
}

const finite = (samples: readonly Sample[], name: string) => samples.filter(each => each.name === name && Number.isFinite(each.value))

/** Sum over every series of that name: several engines or models of one server; null when there is none. */
export function sumOf(samples: readonly Sample[], name: string): number | null {
  const found = finite(samples, name)
  return found.length === 0 ? null : found.reduce((sum, each) => sum + each.value, 0)
}

/** The largest of that name, for shares that cannot be added; null when there is none. */
export function mostOf(samples: readonly Sample[], name: string): number | null {
  const found = finite(samples, name)
  return found.length === 0 ? null : Math.max(...found.map(each => each.value))
}

/** Mean of a histogram or summary over the life of the server, from its `_sum` and `_count`; null before the first observation. */
export function meanOf(samples: readonly Sample[], name: string): number | null {
  return ratioOf(sumOf(samples, `${name}_sum`), sumOf(samples, `${name}_count`))
}

/** `part / whole`; null when either is unknown or the whole is nothing. */
export const ratioOf = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null || whole <= 0 ? null : part / whole

/** Seconds as engines give them, in the milliseconds that we show. */
export const millisecondsOf = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000)

/** Nothing known: the base of an adapter's answer. */
export const noMetrics = {
  running: null,
  waiting: null,
  kvUse: null,
  ttftMs: null,
  itlMs: null,
  promptTokens: null,
  generatedTokens: null,
  cacheHits: null,
} as const
