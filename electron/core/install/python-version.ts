/** `least` and `most` are inclusive minor versions, `3.10`; absent `most` = any newer one. */
export type PythonRange = { least: string; most?: string | undefined }

/** Compares `3.11` with `3.9` by numbers. */
export function atLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** Whether a version, `3.12`, is in the range. */
export const within = (version: string, { least, most }: PythonRange) =>
  atLeast(version, least) && (most === undefined || atLeast(most, version))

/** The range as uv and pip write it: `>=3.10,<3.14`. */
export function specifierOf({ least, most }: PythonRange): string {
  if (most === undefined) return `>=${least}`
  const [major = 3, minor = 0] = most.split('.').map(Number)
  return `>=${least},<${major}.${minor + 1}`
}
