import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runTool } from '../../lib/run-tool'
import type { ToolPack, ToolSpec } from '../../runtimes/common-conversion'

export type ToolWorld = {
  environment: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  /** Folders of builds: their programs often lie beside the tools. */
  buildFolders: () => readonly string[]
}

/** Below a build: itself, its programs, those of a Python environment, those of a source tree. */
const within = ['', 'bin', 'Scripts', 'venv/bin', 'venv/Scripts', 'build/bin']

/** Paths of all tools by key, the titles of those that are not here, and what would bring them. */
export async function findTools(
  specs: readonly ToolSpec[],
  world: ToolWorld,
): Promise<{ tools: Record<string, string>; missing: string[]; packs: ToolPack[] }> {
  const tools: Record<string, string> = {}
  const missing: string[] = []
  const packs: ToolPack[] = []
  for (const spec of specs) {
    const found = await findTool(spec, world)
    Object.assign(tools, found.tools)
    if (found.missing === null) continue
    missing.push(found.missing)
    if (spec.pack && !packs.includes(spec.pack)) packs.push(spec.pack)
  }
  return { tools, missing, packs }
}

/** Why it cannot begin without them, a sentence; null when none lacks. */
export const lackOf = (missing: readonly string[]): string | null =>
  missing.length === 0 ? null : `It needs ${missing.join(' and ')}, which is not on this machine`

async function findTool({ key, title, names, imports }: ToolSpec, world: ToolWorld) {
  const file = findFile(names, world)
  if (file === null) return { tools: {}, missing: title }
  if (!imports || !file.endsWith('.py')) return { tools: { [key]: file }, missing: null }
  const python = await findPython({ imports, beside: file }, world)
  if (python === null) return { tools: {}, missing: `a Python with ${imports.join(', ')}` }
  return { tools: { [key]: file, [`${key}-python`]: python }, missing: null }
}

function findFile(names: readonly string[], world: ToolWorld): string | null {
  const wanted = world.platform === 'win32' ? names.flatMap(name => [name, `${name}.exe`]) : names
  return (
    foldersOf(world)
      .flatMap(folder => wanted.map(name => join(folder, name)))
      .find(isFile) ?? null
  )
}

/** PATH first: what a person put there is what a person wants. */
function foldersOf({ environment, buildFolders }: ToolWorld): string[] {
  const path = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter(folder => folder !== '')
  const builds = buildFolders().flatMap(folder => [folder, ...childrenOf(folder), ...childrenOf(folder).flatMap(childrenOf)])
  return [...path, ...builds.flatMap(folder => within.map(below => join(folder, below)))]
}

function childrenOf(folder: string): string[] {
  try {
    return (
      readdirSync(folder, { withFileTypes: true })
        // What is being made has a dot in front.
        .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(entry => join(folder, entry.name))
    )
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Asked by importing: a name in a list of packages says nothing of whether it loads. */
async function findPython({ imports, beside }: { imports: readonly string[]; beside: string }, world: ToolWorld): Promise<string | null> {
  const names = world.platform === 'win32' ? ['python.exe'] : ['python3', 'python']
  // The environment that a script lies beside is made for it.
  const own = within.map(below => join(dirname(beside), below))
  const found = [...own, ...foldersOf(world)].flatMap(folder => names.map(name => join(folder, name)).filter(isFile))
  for (const python of [...new Set(found)].slice(0, 12)) {
    const check = await runTool(python, ['-c', `import ${imports.join(', ')}`], { timeoutMs: 60_000 })
    if (check.outcome === 'read') return python
  }
  return null
}
