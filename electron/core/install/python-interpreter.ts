import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import { atLeast, type PythonRange, within } from './python-version'

export type Interpreter = { path: string; version: string }
export type InterpreterDeps = { runTool: typeof runToolOfLib; platform: 'linux' | 'darwin' | 'win32'; homeFolder?: string }

const lookWithinMs = 10_000
/** Minor versions by how many packages have wheels for them, most first; the newest have few for months. */
const minors = [12, 13, 11, 14, 10] as const

const saidSchema = z.object({ path: z.string(), version: z.string(), bits: z.number() })
const question =
  'import json,struct,sys;print(json.dumps({"path":sys.executable,"version":"%d.%d"%sys.version_info[:2],"bits":8*struct.calcsize("P")}))'

/**
 * The Python of this machine that suits a package best; null when none is in the range. Each candidate is started and asked:
 * the names that version managers leave on the PATH stand for Pythons that need not be there.
 */
export async function findInterpreter(deps: InterpreterDeps, range: PythonRange): Promise<Interpreter | null> {
  const told = await Promise.all((await candidates(deps)).map(candidate => ask(deps, candidate)))
  const found = new Map(told.flatMap(each => (each && within(each.version, range) ? [[each.path, each] as const] : [])))
  const rank = ({ version }: Interpreter) => {
    const place = minors.findIndex(minor => version === `3.${minor}`)
    return place === -1 ? minors.length : place
  }
  return [...found.values()].sort((left, right) => rank(left) - rank(right))[0] ?? null
}

/** Any Python that can fetch a package by pip; null when there is none. */
export async function findPip(deps: InterpreterDeps): Promise<string | null> {
  for (const candidate of await candidates(deps)) {
    const told = await deps.runTool(candidate, ['-I', '-c', `import pip;${question}`], { timeoutMs: lookWithinMs })
    const said = told.outcome === 'read' ? read(told.stdout) : null
    if (said && atLeast(said.version, '3.8')) return said.path
  }
  return null
}

async function ask(deps: InterpreterDeps, candidate: string): Promise<Interpreter | null> {
  const told = await deps.runTool(candidate, ['-I', '-c', question], { timeoutMs: lookWithinMs })
  const said = told.outcome === 'read' ? read(told.stdout) : null
  return said && said.bits === 64 ? { path: said.path, version: said.version } : null
}

function read(stdout: string): z.infer<typeof saidSchema> | null {
  try {
    return saidSchema.parse(JSON.parse(stdout))
  } catch {
    return null
  }
}

/** Names on the PATH, then the usual places, which the PATH of a program started from the desktop often lacks. */
async function candidates({ platform, homeFolder = homedir() }: InterpreterDeps): Promise<string[]> {
  const named = [...minors.map(minor => `python3.${minor}`), 'python3', 'python']
  if (platform === 'win32') {
    return ['python', ...minors.map(minor => join(homeFolder, 'AppData', 'Local', 'Programs', 'Python', `Python3${minor}`, 'python.exe'))]
  }
  const folders = platform === 'darwin' ? ['/opt/homebrew/bin', '/usr/local/bin'] : ['/usr/bin', '/usr/local/bin']
  const usual = folders.flatMap(folder => minors.map(minor => join(folder, `python3.${minor}`)))
  return [...named, ...usual, ...(await ofPyenv(homeFolder))]
}

/** pyenv keeps one folder for each version (https://github.com/pyenv/pyenv). */
async function ofPyenv(homeFolder: string): Promise<string[]> {
  const folder = join(homeFolder, '.pyenv', 'versions')
  const versions = await readdir(folder).catch(() => [])
  return versions.filter(name => /^3\.\d+\.\d+$/.test(name)).map(name => join(folder, name, 'bin', 'python'))
}
