import { Failure } from '../../contract/failure'
import { linkTarget, nameKey, safeSegments } from './entry-name'

export type ArchiveEntry = {
  name: string
  kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other'
  bytes: number
  /** Of links. */
  target: string | null
}

/** What an archive may hold at most: the largest release of a runtime today has some thousand files and 5 GB. */
export const archiveLimits = { entries: 100_000, totalBytes: 32 * 1024 ** 3, ratio: 200 }
/** Small archives may be very compressible without any harm. */
const ratioCountsFromBytes = 64 * 1024 ** 2

export type CheckedEntry = ArchiveEntry & { segments: string[] }

const refuse = (sentence: string) => new Failure('download-failed', `The archive was refused: ${sentence}.`)

/** Looks at all entries before anything is written; throws a Failure when one could reach outside, collide or flood the disk. */
export function checkEntries(entries: readonly ArchiveEntry[], archiveBytes: number, limits = archiveLimits): CheckedEntry[] {
  if (entries.length > limits.entries) throw refuse(`it has more than ${limits.entries} entries`)
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (total > limits.totalBytes) throw refuse(`it would take ${total} bytes`)
  if (total > ratioCountsFromBytes && total > archiveBytes * limits.ratio) throw refuse(`it grows more than ${limits.ratio} times`)
  const kinds = new Map<string, ArchiveEntry['kind']>()
  const checked = entries.map(entry => checkEntry(entry, kinds)).filter(entry => entry.segments.length > 0)
  for (const { segments, name } of checked) {
    for (let length = 1; length < segments.length; length++) {
      const above = kinds.get(nameKey(segments.slice(0, length)))
      if (above !== undefined && above !== 'folder') throw refuse(`${name} lies inside something that is no folder`)
    }
  }
  return checked
}

function checkEntry(entry: ArchiveEntry, kinds: Map<string, ArchiveEntry['kind']>): CheckedEntry {
  const segments = safeSegments(entry.name)
  if (!segments) throw refuse(`"${entry.name.slice(0, 200)}" is not a name for a file in its folder`)
  if (entry.kind === 'other') throw refuse(`${entry.name} is neither file, folder nor link`)
  if (entry.kind === 'link' && !linkTarget(segments, entry.target ?? '')) throw refuse(`${entry.name} points outside`)
  if (entry.kind === 'hard-link' && !safeSegments(entry.target ?? '')?.length) throw refuse(`${entry.name} points outside`)
  const key = nameKey(segments)
  const before = kinds.get(key)
  if (before !== undefined && !(before === 'folder' && entry.kind === 'folder')) throw refuse(`${entry.name} is there twice`)
  kinds.set(key, entry.kind)
  return { ...entry, segments }
}
