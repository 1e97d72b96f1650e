const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** Where the values of one key of the outermost object are, and how deep the document nests. */
export type JsonScan = { values: { start: number; end: number }[]; depth: number }

/**
 * Looks through the bytes of a JSON object that is known to parse, for the string values of `key` in the outermost object. Bytes, not a parsed
 * copy: a value can then be replaced without touching anything else (a 64-bit seed does not survive JSON.parse and JSON.stringify).
 */
export function scanJson(bytes: Buffer, key: string): JsonScan {
  const values: JsonScan['values'] = []
  let depth = 0
  let deepest = 0
  let index = 0
  while (index < bytes.length) {
    const byte = bytes[index]
    if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, (depth += 1))
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    else if (byte === quote) {
      const end = endOfString(bytes, index)
      const value = depth === 1 ? valueAfter(bytes, end) : null
      if (value !== null && nameAt(bytes, index, end) === key)
        values.push({ start: value, end: bytes[value] === quote ? endOfString(bytes, value) : value })
      index = end
      continue
    }
    index += 1
  }
  return { values, depth: deepest }
}

/** Index behind the closing quote of the string that opens at `start`. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start
  for (;;) {
    at = bytes.indexOf(quote, at + 1)
    if (at < 0) return bytes.length
    let slashes = 0
    while (bytes[at - 1 - slashes] === backslash) slashes += 1
    if (slashes % 2 === 0) return at + 1
  }
}

/** Where the value starts when the string that ends at `end` is a key; null when it is none. */
function valueAfter(bytes: Buffer, end: number): number | null {
  const afterName = skipSpace(bytes, end)
  return bytes[afterName] === colon ? skipSpace(bytes, afterName + 1) : null
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1
  return at
}

function nameAt(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\\') ? String(JSON.parse(text)) : text.slice(1, -1)
}
