/** One package of a lock: exactly the file that will be installed. */
export type LockedPackage = { name: string; version: string; sha256: string | null; bytes: number | null }

/**
 * Packages of a pylock.toml as uv writes it for one machine (PEP 751): one wheel each. Only the four fields that we keep are
 * read; uv itself reads and checks the whole.
 */
export function readLock(text: string): LockedPackage[] {
  return text
    .split(/^\[\[packages\]\]$/m)
    .slice(1)
    .flatMap(block => {
      const name = /^name = "([^"]+)"$/m.exec(block)?.[1]
      const version = /^version = "([^"]+)"$/m.exec(block)?.[1]
      if (name === undefined || version === undefined) return []
      const sha256 = /sha256 = "([0-9a-f]{64})"/.exec(block)?.[1] ?? null
      const bytes = /\bsize = (\d+)/.exec(block)?.[1]
      return [{ name, version, sha256, bytes: bytes === undefined ? null : Number(bytes) }]
    })
}

/** Bytes of all files; null when the index did not tell one of them. */
export function bytesOf(packages: readonly LockedPackage[]): number | null {
  if (packages.length === 0 || packages.some(each => each.bytes === null)) return null
  return packages.reduce((sum, each) => sum + (each.bytes ?? 0), 0)
}
