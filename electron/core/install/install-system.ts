import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../contract/failure'
import type { Build } from '../../contract/runtime'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import { asWhoMay, isRoot } from './as-root'
import { findOnPath } from './find-on-path'
import type { InstallOptions } from './install.types'
import type { Offered } from './offers'

export type SystemDeps = {
  runTool: typeof runToolOfLib
  environment: Readonly<Record<string, string | undefined>>
  /** Builds of the offer's kind that are on the machine now. */
  find(offered: Offered): Promise<Build[]>
  /** Between two looks for a build that its maker's installer brings. */
  lookEveryMs?: number
}

const commandWithinMs = 60 * 60_000
const lookEveryMs = 4_000
/** Who does not come back within this has given it up. */
const watchedForMs = 2 * 60 * 60_000

const keyOf = ({ id, path }: Build) => `${id} ${path ?? ''}`

/**
 * Runs the command of a package manager, which the person has seen and agreed to, and then looks for the build.
 * @throws Failure `not-installed` when the program is not here, `download-failed` with its last words.
 */
export async function installByManager(deps: SystemDeps, offered: Offered, options: InstallOptions): Promise<Build> {
  const { fetch, title } = offered.plan
  if (fetch.kind !== 'package-manager') throw new Failure('unexpected', `${title} has no command`)
  const [program = fetch.manager, ...rest] = asWhoMay(fetch.command, isRoot())
  const file = await findOnPath(program, deps.environment)
  if (file === null) throw new Failure('not-installed', `${title} needs ${program}, which is not here.`)
  const before = new Set((await deps.find(offered)).map(keyOf))
  options.log?.([program, ...rest].join(' '))
  const run = await deps.runTool(file, rest, {
    ...{ timeoutMs: commandWithinMs, signal: options.signal, maxBytes: 20_000_000, onLine: (line: string) => options.log?.(line) },
  })
  options.signal.throwIfAborted()
  const words = `${run.stdout}\n${run.stderr}`.trim().split('\n').slice(-3).join(' ').slice(0, 500)
  if (run.outcome !== 'read') {
    if (/a (?:terminal|password) is required/i.test(words))
      throw new Failure(
        'unauthorised',
        `It asks for your password, which only a terminal can take. Run this there: ${fetch.command.join(' ')}`,
      )
    if (/Unable to locate package (\S+)|No match for argument/i.test(words))
      throw new Failure(
        'not-found',
        `${program} knows no package ${fetch.package}: its maker's own source of packages has to be added first. ${words}`,
      )
    const how = run.outcome === 'timed-out' ? 'took too long' : `ended with ${run.exitCode ?? 'no code'}`
    throw new Failure('download-failed', `${program} ${how}: ${words}`)
  }
  const found = await deps.find(offered)
  const build = found.find(each => !before.has(keyOf(each))) ?? found[0]
  if (build) return build
  throw new Failure('not-installed', `${program} ended well, but ${title} was not found afterwards: ${words}`)
}

/**
 * Waits until what the person installs by hand is there. @throws Failure `cancelled`, or `not-installed` after two hours.
 */
export async function watchForBuild(deps: SystemDeps, offered: Offered, { signal, log }: InstallOptions): Promise<Build> {
  const { fetch, title } = offered.plan
  if (fetch.kind === 'vendor') for (const [index, step] of fetch.steps.entries()) log?.(`${index + 1}. ${step}`)
  const before = new Set((await deps.find(offered)).map(keyOf))
  const deadline = performance.now() + watchedForMs
  while (performance.now() < deadline) {
    await sleep(deps.lookEveryMs ?? lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    const build = (await deps.find(offered)).find(each => !before.has(keyOf(each)))
    if (build) return build
  }
  throw new Failure('not-installed', `${title} was not found within two hours. Begin again when it is being installed.`)
}
