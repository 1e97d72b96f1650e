import type { InstallProgress } from './install.types'

const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** `1.1GiB` as bytes; null for other text. */
function bytesOfText(text: string): number | null {
  const match = /^([\d.]+)\s?([KMG]i)?B$/.exec(text)
  return match ? Math.round(Number(match[1]) * (units[`${match[2] ?? ''}B`] ?? 1)) : null
}

/**
 * Bytes that have arrived, read from what uv says when nobody watches on a terminal: `Downloading torch (1.1GiB)` at the
 * start of each larger package and ` Downloaded torch` at its end. What was in its cache already is never named, so the last
 * line (`Prepared ...`) makes it whole.
 */
export function createUvProgress(total: number | null) {
  const sizes = new Map<string, number>()
  let done = 0
  return (line: string): InstallProgress | null => {
    const begun = /^\s*Downloading (\S+) \(([^)]+)\)/.exec(line)
    if (begun?.[1] !== undefined) {
      sizes.set(begun[1], bytesOfText(begun[2] ?? '') ?? 0)
      return null
    }
    const arrived = /^\s*Downloaded (\S+)/.exec(line)?.[1]
    if (arrived !== undefined) {
      done += sizes.get(arrived) ?? 0
      return { done: total === null ? done : Math.min(done, total), total }
    }
    if (/^\s*Prepared \d+ packages? in/.test(line)) return { done: total ?? done, total }
    return null
  }
}
