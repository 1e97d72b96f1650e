import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Folders of the PATH, in order. */
export const pathFolders = (environment: Environment): string[] =>
  (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter(folder => folder !== '')

/** First executable of that name on the PATH; null when there is none. */
export async function findOnPath(name: string, environment: Environment): Promise<string | null> {
  const suffix = process.platform === 'win32' && !name.endsWith('.exe') ? '.exe' : ''
  const places = isAbsolute(name) ? [name] : pathFolders(environment).map(folder => join(folder, name + suffix))
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (there) return place
  }
  return null
}
