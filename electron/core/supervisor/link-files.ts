import { link, mkdir, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LaunchPlan } from '../runtimes/runtime'

/**
 * Makes the plan's folders anew and its links in them: symbolic ones, on Windows hard ones, which need no privilege. Returns a
 * sentence for each that could not be made; the plan's upload then makes a copy.
 */
export async function linkFiles({ links = [], scratch = [] }: LaunchPlan): Promise<string[]> {
  await removeScratch({ scratch })
  const problems = await Promise.all(
    links.map(async ({ at, to }) => {
      try {
        await mkdir(dirname(at), { recursive: true, mode: 0o700 })
        await (process.platform === 'win32' ? link(to, at) : symlink(to, at))
        return []
      } catch (error) {
        return [`${to} could not be linked and is copied: ${error instanceof Error ? error.message : String(error)}`]
      }
    }),
  )
  return problems.flat()
}

/** Removes what the start wrote; a link goes, what it leads to stays. */
export async function removeScratch({ scratch = [] }: Pick<LaunchPlan, 'scratch'>): Promise<void> {
  await Promise.all(scratch.map(folder => rm(folder, { recursive: true, force: true, maxRetries: 3 })))
}
