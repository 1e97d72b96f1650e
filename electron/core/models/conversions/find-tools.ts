import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runTool } from '../../lib/run-tool'
import type { ToolSpec } from '../../runtimes/common-conversion'

export type ToolWorld = {
  environment: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  /** Folders of builds: their programs often lie beside the tools. */
  buildFolders: () => readonly string[]
}

/** Below a build: itself, its programs, those of a Python environment, those of a source tree. */
const within = ['', 'bin', 'Scripts', 'venv/bin', 'build/bin']

/** Paths of all tools by key, or the titles of those that are not here. */
export async function findTools(
  specs: readonly ToolSpec[],
  world: ToolWorld,
): Promise<{ tools: Record<string, string>; missing: string[] }> {
  const tools: Record<string, string> = {}
  const missing: string[] = []
  for (const spec of specs) {
    const file = findFile(spec.names, world)
    if (file === null) {
      missing.push(spec.title)
      continue
    }
    tools[spec.key] = file
    if (!spec.imports) continue
    const python = await findPython(spec.imports, world)
    if (python === null) missing.push(`a Python with ${spec.imports.join(', ')}`)
    else tools[`${spec.key}-python`] = python
  }
  return { tools, missing }
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
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => join(folder, entry.name))
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
async function findPython(imports: readonly string[], world: ToolWorld): Promise<string | null> {
  const names = world.platform === 'win32' ? ['python.exe'] : ['python3', 'python']
  const found = foldersOf(world).flatMap(folder => names.map(name => join(folder, name)).filter(isFile))
  for (const python of [...new Set(found)].slice(0, 12)) {
    const check = await runTool(python, ['-c', `import ${imports.join(', ')}`], { timeoutMs: 60_000 })
    if (check.outcome === 'read') return python
  }
  return null
}
