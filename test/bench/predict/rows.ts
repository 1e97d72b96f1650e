import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One published run. Rates in tok/s; `decode` is the sum over all `concurrency` streams. Null = the source does not say. */
export type PerfRow = {
  device: string
  bandwidthGBps: number | null
  memoryGb: number | null
  gpus: number
  model: string
  parametersB: number | null
  activeB: number | null
  quantisation: string
  weightsGiB: number | null
  runtime: string
  backend: string
  depth: string
  concurrency: number
  decode: number
  prefill: number | null
  source: string
  notes: string
  tier: string
}

/** Records of a CSV text with a header line, by column name; quotes, doubled quotes and line breaks in quotes as in RFC 4180. */
export function parseCsv(text: string): Record<string, string>[] {
  const [header = [], ...lines] = cellsOf(text.replace(/^\uFEFF/, '')).filter(line => line.some(cell => cell !== ''))
  return lines.map(line => Object.fromEntries(header.map((name, index) => [name.trim().toLowerCase(), (line[index] ?? '').trim()])))
}

function cellsOf(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  const cell = /("((?:[^"]|"")*)"|[^,\r\n]*)(,|\r?\n|$)/gy
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text)
    if (!found) break
    line.push(found[2] === undefined ? (found[1] ?? '') : found[2].replaceAll('""', '"'))
    if (found[3] === ',') continue
    lines.push(line)
    line = []
  }
  if (line.length > 0) lines.push(line)
  return lines
}

/** Rows with a rate; one without `decode_tok_s` is no measurement and is left out. */
export function rowsOf(text: string): PerfRow[] {
  return parseCsv(text).flatMap(record => {
    const decode = numberOf(record['decode_tok_s'])
    if (decode === null || decode <= 0) return []
    return [
      {
        ...{ device: record['device'] ?? '', bandwidthGBps: numberOf(record['bandwidth_gb_s']), memoryGb: numberOf(record['mem_gb']) },
        ...{ gpus: wholeOf(record['n_gpu']), model: record['model'] ?? '', parametersB: numberOf(record['params_b']) },
        ...{
          activeB: numberOf(record['active_params_b']),
          quantisation: record['quant'] ?? '',
          weightsGiB: numberOf(record['weights_gib']),
        },
        ...{ runtime: record['runtime'] ?? '', backend: record['backend'] ?? '', depth: record['ctx_depth'] ?? '' },
        ...{ concurrency: wholeOf(record['concurrency']), decode, prefill: numberOf(record['prefill_tok_s']) },
        ...{ source: record['source_url'] ?? '', notes: record['notes'] ?? '', tier: record['tier'] ?? '' },
      },
    ]
  })
}

/** A count of at least one; one where the cell tells none. */
const wholeOf = (text: string | undefined) => Math.max(1, Math.round(numberOf(text) ?? 1))

/**
 * The first number of a cell, whatever unit stands behind it: `936 GB/s`, `1,024`, `1.8 TB/s` (in GB), `350M` and `1T` parameters
 * (in billions), `50.1 ± 0.3`. Null where there is none, or
 * one below nought.
 */
export function numberOf(text: string | undefined): number | null {
  const found = /(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+(?:e[+-]?\d+)?)\s*([a-z]*)/i.exec(text ?? '')
  if (!found || /^\s*[-−]/.test(text ?? '')) return null
  const value = Number((found[1] ?? '').replaceAll(',', '')) * (unitOf[found[2]?.toLowerCase() ?? ''] ?? 1)
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : null
}

const unitOf: Readonly<Record<string, number>> = { t: 1000, tb: 1000, tib: 1000, m: 1 / 1000, mb: 1 / 1000, mib: 1 / 1000 }

export const readRows = (file: string): PerfRow[] => rowsOf(readFileSync(file, 'utf8'))

/**
 * Cached tokens while the run wrote its answer, on average. llama-bench's `tgN` starts from an empty cache, so N / 2;
 * a plain number is a depth; `ppN+tgM` decodes behind a prompt of N.
 */
export function depthOf({ depth, notes }: Pick<PerfRow, 'depth' | 'notes'>): number {
  const behind = /pp(\d+)\s*\+\s*tg(\d+)/.exec(depth)
  if (behind) return Number(behind[1]) + Number(behind[2]) / 2
  const written = /tg(\d+)/.exec(depth)
  if (written) return Number(written[1]) / 2 + (Number(/^(\d+)/.exec(depth)?.[1] ?? 0) || 0)
  const asked = /prompt (\d+) out (\d+)/.exec(notes)
  if (asked && Number(asked[2]) > 0) return Number(asked[1]) + Number(asked[2]) / 2
  const plain = /^(\d+)$/.exec(depth)
  return plain ? Math.min(32_768, Number(plain[1])) + 16 : 128
}

/** The scoreboard of Apple silicon asks for one build of November 2023, so that its rows compare. */
const pinned = /llama\.cpp\/discussions\/4167\b/
/**
 * Vulkan's scoreboard was opened in December 2024, and most of its builds are of that winter. These of its commits are known to be
 * later, by what they carry (6d75883 is ggml-org/llama.cpp #16003 of September 2025) or by the card's launch.
 */
const vulkanBoard = /llama\.cpp\/discussions\/10879\b/
const laterCommit = /commit=(6d75883|516a4ca|7b43f55)/
/** An engine of before 2025, where the notes or the source tell. */
export const builtBefore2025 = ({ notes, source }: Pick<PerfRow, 'notes' | 'source'>) =>
  /\b(2023|2024) builds?\b/i.test(notes) || pinned.test(source) || (vulkanBoard.test(source) && !laterCommit.test(notes))
/** Build 7,790 of llama.cpp is of January 2026; the file named is of build 6,918. */
export const builtBefore2026 = (row: Pick<PerfRow, 'notes' | 'source'>) =>
  builtBefore2025(row) || Number(/\bbuild (\d{4,5})\b/i.exec(row.notes)?.[1] ?? 1e5) < 7790 || /blob\/4c7e9893\/benches/.test(row.source)
export const withoutFlashAttention = ({ notes }: Pick<PerfRow, 'notes'>) => /\bno FA\b/i.test(notes)

const folder = (...names: string[]) => join(process.cwd(), ...names)
/** The tables that the app's knowledge came with. */
export const publishedFile = folder('resources', 'knowledge', 'published-perf.csv')
/** Runs found later, in issues and repositories; each names where and when. */
export const foundFile = folder('test', 'bench', 'predict', 'found.csv')

/** What the factors are fitted on: tier A of the tables, and the found runs. */
export const fittedRows = () => [...readRows(publishedFile).filter(({ tier }) => tier === 'A'), ...readRows(foundFile)]
