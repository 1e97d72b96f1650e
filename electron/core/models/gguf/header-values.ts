import type { Metadata, MetadataValue } from './metadata'

/** Typed looks into the metadata; what is not there, or not what it should be, is null. */
export type HeaderValues = {
  text(key: string): string | null
  /** A whole number from 0 to 2^53; of an architecture's key where the key begins with a dot. */
  count(key: string): number | null
  /** A list with one number a layer, or the one number that holds for all. */
  perLayer(key: string, layers: number): readonly number[] | null
  /** How many values an array has, kept or not. */
  length(key: string): number | null
  has(key: string): boolean
}

export function headerValues(metadata: Metadata): HeaderValues {
  const architecture = metadata.get('general.architecture')
  const prefix = typeof architecture === 'string' ? architecture : ''
  const get = (key: string) => metadata.get(key.startsWith('.') ? `${prefix}${key}` : key)
  return {
    text(key) {
      const value = get(key)
      return typeof value === 'string' ? value : null
    },
    count: key => countOf(get(key)),
    perLayer(key, layers) {
      const value = get(key)
      if (Array.isArray(value)) return numbersOf(value, layers)
      const single = typeof value === 'boolean' ? Number(value) : countOf(value)
      return single === null ? null : Array.from({ length: layers }, () => single)
    },
    length(key) {
      const value = get(key)
      if (Array.isArray(value)) return value.length
      return typeof value === 'object' && 'count' in value ? value.count : null
    },
    has: key => get(key) !== undefined,
  }
}

function countOf(value: MetadataValue | undefined): number | null {
  const count = typeof value === 'bigint' ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null
}

function numbersOf(values: readonly (number | boolean)[], layers: number): readonly number[] | null {
  const numbers = values.slice(0, layers).map(Number)
  return numbers.length === layers && numbers.every(value => Number.isSafeInteger(value) && value >= 0) ? numbers : null
}
