import type { Build } from '../../contract/runtime'
import type { Runtime } from '../runtimes/runtime'

/** Numbers of a version, in order: `b8146`, `v0.35.0`, `2026.10.11549`; null when it has none. */
function numbersOf(version: string): number[] | null {
  const numbers = /\d+(?:\.\d+)*/.exec(version)?.[0].split('.').map(Number)
  return numbers && numbers.length > 0 ? numbers : null
}

/** Below zero when the left one is older; null when they cannot be compared: one has no numbers, or they are counted in different ways. */
export function compareVersions(left: string, right: string): number | null {
  const [one, other] = [numbersOf(left), numbersOf(right)]
  if (!one || !other || wayOf(left) !== wayOf(right)) return null
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Build numbers (`b8146`), dates (`2026.10.1`) and versions (`0.35.0`) are three ways to count. */
function wayOf(version: string): 'build' | 'date' | 'version' {
  if (/^b\d/.test(version)) return 'build'
  return /^20\d\d\./.test(version) ? 'date' : 'version'
}

/** A build with a known hole, as a sentence; null when its version is new enough, unknown, or counted in another way than the floor. */
export function belowFloor({ securityFloor }: Pick<Runtime, 'securityFloor'>, build: Pick<Build, 'version' | 'title'>): string | null {
  if (!securityFloor || build.version === null) return null
  const order = compareVersions(build.version, securityFloor.version)
  if (order === null || order >= 0) return null
  return `${build.title} is older than ${securityFloor.version}. ${securityFloor.why} Update it.`
}
