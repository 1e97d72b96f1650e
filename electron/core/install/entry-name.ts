/** Device names of Windows, with or without an extension (https://learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i
const segmentBytesMax = 255
const nameCharactersMax = 1_024

/** Characters that are not allowed in a name on Windows, and control characters, which are wanted nowhere. */
const forbidden = /[\u0000-\u001f\u007f<>:"|?*]/

/**
 * Safe segments of a name out of an archive, with both separators understood; null for a name that leaves the folder or cannot
 * be a file on every system: absolute, drive, UNC, alternate stream, `..`, device, trailing dot or space, too long.
 * An empty list is the folder itself.
 */
export function safeSegments(name: string): string[] | null {
  if (name.length > nameCharactersMax || /^[/\\]|^[A-Za-z]:/.test(name)) return null
  const segments = name
    .normalize('NFC')
    .split(/[/\\]/)
    .filter(segment => segment !== '' && segment !== '.')
  return segments.every(isSafe) ? segments : null
}

function isSafe(segment: string): boolean {
  if (segment === '..' || reserved.test(segment) || forbidden.test(segment)) return false
  return !/[. ]$/.test(segment) && Buffer.byteLength(segment) <= segmentBytesMax
}

/** Target of a link inside the archive as segments from its root; null when it leaves the root. */
export function linkTarget(from: readonly string[], target: string): string[] | null {
  if (/^[/\\]|^[A-Za-z]:/.test(target)) return null
  const reached = from.slice(0, -1)
  for (const segment of target.split(/[/\\]/).filter(each => each !== '' && each !== '.')) {
    if (segment === '..') {
      if (reached.pop() === undefined) return null
    } else if (isSafe(segment)) reached.push(segment)
    else return null
  }
  return reached
}

/** Two names with the same key would be one file on a system that ignores case. */
export const nameKey = (segments: readonly string[]) => segments.join('/').toLowerCase()
