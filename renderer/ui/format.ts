/** Numbers as the window writes them. Unknown is a dash; units are always said. */
const dash = '–'

/** Memory in GiB, written `21.9 GB` as the makers of memory and cards do; below 1 GiB in MB. */
export function memory(mib: number | null): string {
  if (mib === null) return dash
  if (Math.abs(mib) < 1000) return `${Math.round(mib)} MB`
  return `${gigabytes(mib)} GB`
}

/** The number alone, `21.9`: one decimal, none from 100 on. */
export function gigabytes(mib: number): string {
  const gib = mib / 1024
  return gib.toFixed(Math.abs(gib) >= 100 ? 0 : 1)
}

/** Modules and cards come in these steps; firmware and kernel keep up to 5 % of one for themselves. */
const reservedShare = 0.05

/** The capacity of a memory or card as it is sold: a 24,564 MiB card has 24 GB, 62.5 GiB of usable memory are 64 GB. */
export function capacity(mib: number | null): string {
  if (mib === null) return dash
  if (mib < 1000) return `${Math.round(mib)} MB`
  const gib = mib / 1024
  if (gib < 3.8) return `${Math.round(gib * 10) / 10} GB`
  const step = gib <= 16 ? 2 : gib <= 48 ? 4 : gib <= 128 ? 8 : 16
  const sold = Math.ceil(gib / step) * step
  return `${(sold - gib) / sold <= reservedShare ? sold : Math.round(gib)} GB`
}

/** File and transfer sizes in decimal units: `4.6 GB`, `312 MB`. */
export function bytes(count: number | null): string {
  if (count === null) return dash
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
  let value = count
  let index = 0
  while (Math.abs(value) >= 999.5 && index < units.length - 1) {
    value /= 1000
    index += 1
  }
  const digits = index === 0 || value >= 100 ? 0 : value >= 10 && index < 3 ? 0 : 1
  return `${value.toFixed(digits)} ${units[index] ?? 'B'}`
}

/** Context lengths: `8k`, `128k`, `1M`; 1k is 1,024 tokens. */
export function contextLength(tokens: number): string {
  if (tokens >= 1024 * 1024) return `${trimmed(tokens / 1024 / 1024)}M`
  if (tokens >= 1024) return `${trimmed(tokens / 1024)}k`
  return String(tokens)
}

/** A whole number with separators: `8,192`. */
export function whole(count: number | null): string {
  return count === null ? dash : Math.round(count).toLocaleString('en-GB')
}

/** A rate or a figure with as many decimals as it deserves: `97`, `12.4`, `0.34`. */
export function figure(value: number | null): string {
  if (value === null) return dash
  const size = Math.abs(value)
  if (size >= 1000) return whole(value)
  return value.toFixed(size >= 20 || size === 0 ? 0 : size >= 1 ? 1 : 2)
}

/** A low-to-high range: `85–110`; one number when both are written alike. */
export function range(low: number, high: number): string {
  const [from, to] = [figure(low), figure(high)]
  return from === to ? from : `${from}–${to}`
}

/** Milliseconds for people: `340 ms` below a second with `fine`, else `0.3 s`, `2 min 41 s`. */
export function duration(ms: number | null, fine = false): string {
  if (ms === null) return dash
  if (fine && ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** Time to the first token, in seconds everywhere, so that two of them can be compared: `0.28 s`, `1.60 s`, `12.4 s`, `0.025 s`. */
export function firstToken(ms: number | null): string {
  return ms === null ? dash : `${(ms / 1000).toFixed(firstTokenDigits(ms))} s`
}

/** `0.040–0.130 s`: both ends with the decimals of the lower one. */
export function firstTokenRange(lowMs: number, highMs: number): string {
  const digits = firstTokenDigits(lowMs)
  const [from, to] = [lowMs, highMs].map(ms => (ms / 1000).toFixed(digits))
  return from === to ? `${from} s` : `${from}–${to} s`
}

const firstTokenDigits = (ms: number) => (ms < 100 ? 3 : ms < 10_000 ? 2 : 1)

/** A share of one as `92 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** The time of day of an ISO date: `11:31:02`. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? dash : date.toLocaleTimeString('en-GB', { hour12: false })
}

/** Day and time of an ISO date, here: `2026-11-21 11:31`. */
export function dayAndTime(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return dash
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

function trimmed(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1).replace(/\.0$/, '')
}
