import type { InstallProgress } from './install.types'

const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** `1.1GiB` as bytes; null for other text. */
function bytesOfText(text: string): number | null {
  const match = /^([\d.]+)\s?([KMG]i)?B$/.exec(text)
  return match ? Math.round(Number(match[1]) * (units[`${match[2] ?? ''}B`] ?? 1)) : null
}

/** What a line changed: bytes that have arrived, and what is going on in a few words; null where it says nothing of it. */
export type UvTold = { amount: InstallProgress | null; stage: string | null }

const nothing: UvTold = { amount: null, stage: null }

/**
 * Reads what uv says when nobody watches on a terminal: `Downloading torch (1.1GiB)` at the start of each larger package and
 * ` Downloaded torch` at its end. What was in its cache already is never named, so the line after the last (`Prepared ...`)
 * makes it whole. After that it links the files and compiles them, which takes minutes for gigabytes.
 */
export function createUvProgress(total: number | null) {
  const coming = new Map<string, { bytes: number; size: string }>()
  let done = 0
  const amount = (): InstallProgress => ({ done: total === null ? done : Math.min(done, total), total })
  const stage = () => {
    const largest = [...coming].sort(([, one], [, other]) => other.bytes - one.bytes)
    const named = largest.slice(0, 2).map(([name, { size }]) => `${name} (${size})`)
    const more = largest.length - named.length
    return named.length === 0 ? null : `fetching ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  }
  return (line: string): UvTold => {
    const [, begun, size = ''] = /^\s*Downloading (\S+) \(([^)]+)\)/.exec(line) ?? []
    if (begun !== undefined) {
      coming.set(begun, { bytes: bytesOfText(size) ?? 0, size })
      return { amount: null, stage: stage() }
    }
    const arrived = /^\s*Downloaded (\S+)/.exec(line)?.[1]
    if (arrived !== undefined) {
      done += coming.get(arrived)?.bytes ?? 0
      coming.delete(arrived)
      return { amount: amount(), stage: stage() }
    }
    if (/^\s*Prepared \d+ packages? in/.test(line))
      return { amount: { done: total ?? done, total }, stage: 'packages are put in their place' }
    if (/^\s*Installed \d+ packages? in/.test(line)) return { amount: null, stage: 'Python files are compiled, so that starts are short' }
    return nothing
  }
}
