import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import type { runTool as runToolOfLib, ToolRun } from '../lib/run-tool'
import type { InstallPlan } from '../runtimes/runtime'
import type { Installed } from './install-release'
import type { InstallOptions } from './install.types'

export type PythonPlan = Extract<InstallPlan['fetch'], { kind: 'python-venv' }>
export type PythonInput = { runTool: typeof runToolOfLib; plan: PythonPlan; folder: string; platform: 'linux' | 'darwin' | 'win32' }

const lookWithinMs = 10_000
const makeWithinMs = 5 * 60_000
const fetchWithinMs = 30 * 60_000

/**
 * Makes a virtual environment in `folder`, with uv where it is there and else with a Python that is new enough, installs
 * exact versions from prebuilt packages only, and writes the launcher beside it. uv and pip use the index, proxy and
 * certificates that the person has set for them.
 */
export async function installPython(input: PythonInput, { signal }: Pick<InstallOptions, 'signal'>): Promise<Installed> {
  const { plan, folder, platform } = input
  const executable = platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python'
  const python = join(folder, ...executable.split('/'))
  const run = async (command: readonly [string, ...string[]], timeoutMs: number) => {
    const [file, ...rest] = command
    const result = await input.runTool(file, rest, { timeoutMs, signal, maxBytes: 20_000_000 })
    signal.throwIfAborted()
    if (result.outcome !== 'read') throw refusal(command, result)
    return result.stdout
  }
  const hasUv = (await input.runTool('uv', ['--version'], { timeoutMs: lookWithinMs })).outcome === 'read'
  const venv = join(folder, 'venv')
  if (hasUv) {
    await run(['uv', 'venv', '--python', `>=${plan.python}`, '--no-project', venv], makeWithinMs)
    await run(['uv', 'pip', 'install', '--python', python, '--only-binary', ':all:', ...plan.requirements], fetchWithinMs)
  } else {
    const base = await findPython(input)
    if (base === null)
      throw new Failure('not-installed', `Python ${plan.python} or newer is not here, and neither is uv, which could fetch one.`)
    await run([base, '-m', 'venv', venv], makeWithinMs)
    const pip = [python, '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--only-binary=:all:'] as const
    await run([...pip, ...plan.requirements], fetchWithinMs)
  }
  if (plan.launcher) {
    const launcher = join(folder, plan.launcher.name)
    await writeFile(launcher, plan.launcher.text, { flag: 'wx' })
    await chmod(launcher, 0o755)
  }
  const facts = JSON.parse(await run([python, '-c', inventory], lookWithinMs)) as { python: string; packages: string[] }
  return { executable, files: [], source: { kind: 'python-venv', requirements: [...plan.requirements], ...facts } }
}

/** What is really in the environment, for the manifest. */
const inventory =
  'import importlib.metadata as m, json, platform; print(json.dumps({"python": platform.python_version(), "packages": sorted(f"{d.name}=={d.version}" for d in m.distributions())}))'

/** First Python on the PATH that is new enough and can make virtual environments (Debian leaves that part out). */
async function findPython({ runTool, plan }: PythonInput): Promise<string | null> {
  for (const name of ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10']) {
    const check = 'import sys, venv, ensurepip; print(".".join(map(str, sys.version_info[:2])))'
    const told = await runTool(name, ['-c', check], { timeoutMs: lookWithinMs })
    if (told.outcome === 'read' && atLeast(told.stdout.trim(), plan.python)) return name
  }
  return null
}

/** Compares `3.11` with `3.9` by numbers. */
export function atLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** The last words of pip or uv are the ones that say why. */
function refusal([file, ...rest]: readonly string[], result: ToolRun): Failure {
  const words = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-3).join(' ')
  const how = result.outcome === 'timed-out' ? 'took too long' : 'failed'
  const offline =
    /Failed to establish a new connection|Name or service not known|dns error|Could not (?:resolve|find) host|No matching distribution/i.test(
      words,
    )
  return new Failure(offline ? 'offline' : 'download-failed', `${file ?? ''} ${rest.slice(0, 3).join(' ')} ${how}: ${words.slice(0, 500)}`)
}
