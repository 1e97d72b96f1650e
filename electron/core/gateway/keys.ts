import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who presented a key, and which routes it opens; null opens all. */
export type Caller = { name: string; routes: readonly string[] | null }
/** A key as it is kept: only its SHA-256, in hex. */
export type KeyEntry = Caller & { sha256: string }
export type Keys = { check(presented: string): Caller | null }

const localKeyPattern = /^rh-[\w-]{43}$/

export const hashOf = (key: string): string => hash('sha256', key, 'hex')

/** Keys are compared as digests, each with the same time whether it fits or not. */
export function createKeys(entries: readonly KeyEntry[]): Keys {
  const digests = entries.map(({ name, routes, sha256 }) => ({ caller: { name, routes }, digest: Buffer.from(sha256, 'hex') }))
  return {
    check(presented) {
      const digest = hash('sha256', presented, 'buffer')
      let found: Caller | null = null
      for (const entry of digests) if (timingSafeEqual(entry.digest, digest)) found = entry.caller
      return found
    },
  }
}

/** The key of this machine's own programs: `key` in the home's `run/`, mode 0600, made when it is missing or not one of ours. */
export function openLocalKey(runFolder: string): string {
  const file = join(runFolder, 'key')
  try {
    const key = readFileSync(file, 'utf8').trim()
    if (localKeyPattern.test(key)) {
      chmodSync(file, 0o600)
      return key
    }
  } catch {
    // there is none yet
  }
  const key = `rh-${randomBytes(32).toString('base64url')}`
  mkdirSync(runFolder, { recursive: true, mode: 0o700 })
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  return key
}

/** The keys that a home needs: the local one opens every route. */
export function createLocalKeys(localKey: string): Keys {
  return createKeys([{ name: 'local', routes: null, sha256: hashOf(localKey) }])
}
