/** Values for the placeholders of rule texts: `{users}`, `{rivals:reserves-memory}`. */
export type Words = (name: string, argument: string | null) => string | null

/**
 * Fills `{name}` and `{name:argument}`. A sentence part in square brackets is left out when a placeholder in it has no
 * value; outside brackets a missing value is a mistake in the rule and throws.
 */
export function fill(template: string, words: Words): string {
  const optional = template.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    const names = [...part.matchAll(placeholder)]
    return names.every(match => wordFor(match, words) !== null) ? part : ''
  })
  return optional
    .replace(placeholder, (whole: string, name: string, argument: string | undefined) => {
      const value = words(name, argument ?? null)
      if (value === null) throw new Error(`No value for ${whole} in "${template}"`)
      return value
    })
    .replace(/ {2,}/g, ' ')
    .trim()
}

const placeholder = /\{([\w.]+)(?::([\w.-]+))?\}/g

const wordFor = (match: RegExpMatchArray, words: Words) => words(match[1] ?? '', match[2] ?? null)

/** `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length <= 1 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`

export const gb = (mib: number) => `${(mib / 1024).toFixed(mib < 10 * 1024 ? 1 : 0)} GB`

/** Modules and cards come in these steps; firmware and kernel keep up to so large a share of one for themselves. */
const reservedShare = 0.05

/** A capacity as it is sold, as the window writes it: a card of 24,564 MiB has `24 GB`, 62.5 GiB of usable memory are `64 GB`. */
export function capacityGb(mib: number): string {
  const gib = mib / 1024
  if (gib < 3.8) return gb(mib)
  const step = gib <= 16 ? 2 : gib <= 48 ? 4 : gib <= 128 ? 8 : 16
  const sold = Math.ceil(gib / step) * step
  return `${(sold - gib) / sold <= reservedShare ? sold : Math.round(gib)} GB`
}

export const tokens = (count: number) => (count >= 1024 ? `${Math.round(count / 1024)}k` : String(count))

export const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
