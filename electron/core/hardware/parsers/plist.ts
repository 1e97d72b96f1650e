/** One value of a property list: dictionaries become objects, data and dates stay text. */
export type PlistValue = string | number | boolean | PlistValue[] | { [key: string]: PlistValue }

const token = /<(key|string|integer|real|data|date)>([\s\S]*?)<\/\1>|<(true|false)\/>|<(dict|array|string)\/>|<(\/?)(dict|array)>/g

/** A property list in XML (https://www.apple.com/DTDs/PropertyList-1.0.dtd) as plain data; null where it has no value. A list that breaks off gives what was there. */
export function readPlist(text: string): PlistValue | null {
  const body = text.slice(Math.max(0, text.indexOf('<plist')))
  const tokens = body.matchAll(token)
  return readValue(tokens)
}

type Tokens = IterableIterator<RegExpExecArray>

function readValue(tokens: Tokens): PlistValue | null {
  const next = tokens.next()
  return next.done === true ? null : valueOf(next.value, tokens)
}

function valueOf(found: RegExpExecArray, tokens: Tokens): PlistValue | null {
  const [, simple, content = '', truth, empty, closing, open] = found
  if (simple === 'integer' || simple === 'real') return Number(content)
  if (simple) return unescaped(content)
  if (truth) return truth === 'true'
  if (empty) return empty === 'array' ? [] : empty === 'dict' ? {} : ''
  if (closing) return null
  return open === 'array' ? readArray(tokens) : readDictionary(tokens)
}

function readArray(tokens: Tokens): PlistValue[] {
  const values: PlistValue[] = []
  for (let value = readValue(tokens); value !== null; value = readValue(tokens)) values.push(value)
  return values
}

function readDictionary(tokens: Tokens): { [key: string]: PlistValue } {
  const entries: [string, PlistValue][] = []
  for (let next = tokens.next(); next.done !== true && next.value[1] === 'key'; next = tokens.next()) {
    const value = readValue(tokens)
    if (value !== null) entries.push([unescaped(next.value[2] ?? ''), value])
  }
  return Object.fromEntries(entries)
}

const unescaped = (text: string) =>
  text.trim().replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&')
