import { createHash } from 'node:crypto'
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { bytesIn, keptOfPackages } from '../lib/kept'
import type { runTool as runToolOfLib } from '../lib/run-tool'
import type { InstallPlan } from '../runtimes/runtime'
import type { Installed } from './install-release'
import type { InstallOptions } from './install.types'
import { findInterpreter } from './python-interpreter'
import { bytesOf, readLock, type LockedPackage } from './python-lock'
import { createUvProgress } from './python-progress'
import { pythonRefusal } from './python-refusal'
import { repair } from './python-repairs'
import { pipConfiguration, provideUv, uvEnvironment } from './python-uv'
import { specifierOf } from './python-version'

export type PythonPlan = Extract<InstallPlan['fetch'], { kind: 'python-venv' }>
export type PythonInput = {
  runTool: typeof runToolOfLib
  plan: PythonPlan
  /** Folder of the build while it is made; it is renamed afterwards. */
  folder: string
  platform: 'linux' | 'darwin' | 'win32'
  homeFolder?: string
  environment?: Readonly<Record<string, string | undefined>>
}

type Options = Pick<InstallOptions, 'signal' | 'onProgress' | 'log' | 'onStage'>

type Run = PythonInput & {
  options: Options
  log(line: string): void
  uv: string
  /** Variables for uv and for the Python that it makes. */
  variables: Record<string, string | undefined>
  /** The Python of the environment. */
  python: string
}

const makeWithinMs = 10 * 60_000
/** 10 GB at 1 MB/s. */
const fetchWithinMs = 3 * 3_600_000
const lookWithinMs = 60_000
/** What a cut-off install fetched is kept so long for the next try. */
const keptForMs = 14 * 86_400_000
const fetchedPrefix = '.fetched-'
const lockName = 'pylock.toml'

/**
 * Makes a virtual environment in `folder` with uv: resolves the plan to one wheel per package with its sha256
 * (pylock.toml, PEP 751), installs exactly those, compiles them, adds what the packages lack and writes the launcher.
 * Index, proxy and certificates are those that the person set for uv or pip. Nothing is ever built from source. What was
 * fetched stays beside `folder` when it is cut off, so that the next try goes on from there; the step then says how much.
 * @throws Failure `not-installed`, `offline`, `download-failed`, or the signal's reason.
 */
export async function installPython(input: PythonInput, options: Options): Promise<Installed> {
  const { folder } = input
  const kept = join(dirname(folder), `${fetchedPrefix}${basename(folder).replace(/^\.[a-z]+-/, '')}`)
  try {
    return await install(input, kept, options)
  } catch (error) {
    if (options.signal.aborted) options.onStage?.(keptOfPackages(await bytesIn(join(kept, 'cache')), keptForMs / 86_400_000))
    throw error
  }
}

async function install(input: PythonInput, kept: string, options: Options): Promise<Installed> {
  const { folder, plan, platform } = input
  const environment = input.environment ?? process.env
  const log = (line: string) => options.log?.(line)
  await dropOld(dirname(folder))
  options.onStage?.('uv and a Python that suits are looked for')
  const toolsFolder = join(kept, 'tools')
  const deps = { ...input, toolsFolder, signal: options.signal, log }
  const uv = await provideUv(deps)
  const base = await findInterpreter(deps, { least: plan.python, most: plan.pythonMost })
  log(base ? `Python ${base.version} at ${base.path}` : `No Python ${specifierOf(rangeOf(plan))} is here: uv looks for one`)
  const python = join(folder, 'venv', ...(platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']))
  const variables = {
    // What the person set for uv and pip; the rest of the environment comes by itself.
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => /^(?:UV|PIP)_/.test(name))),
    ...uvEnvironment(await pipConfiguration(input, base?.path ?? null), environment),
    ...(environment['UV_CACHE_DIR'] ? {} : { UV_CACHE_DIR: join(kept, 'cache') }),
    ...{ UV_NO_PROGRESS: '1', NO_COLOR: '1', UV_SYSTEM_CERTS: environment['UV_SYSTEM_CERTS'] ?? '1' },
    // Without compiled files every start reads thousands of sources again.
    ...{ PYTHONDONTWRITEBYTECODE: undefined, PYTHONPATH: undefined, PYTHONHOME: undefined, VIRTUAL_ENV: undefined },
  }
  const run: Run = { ...input, options, log, uv, variables, python }
  const pythonWanted = base?.path ?? specifierOf(rangeOf(plan))
  // Relocatable: the folder gets its name when all is done.
  const make = [uv, 'venv', '--python', pythonWanted, '--no-project', '--relocatable', join(folder, 'venv')] as const
  options.onStage?.('an environment of its own is made')
  await call(run, { command: make, timeoutMs: makeWithinMs })
  const packages = await resolve(run)
  await fetchPackages(run, packages)
  const facts = await finish(run)
  await rm(kept, { recursive: true, force: true })
  const files = [await recordOf(folder, lockName)]
  const hashes = Object.fromEntries(packages.flatMap(({ name, sha256 }) => (sha256 === null ? [] : [[name, sha256]])))
  const source = { kind: 'python-venv' as const, requirements: [...plan.requirements], ...facts, hashes }
  return { executable: executableOf(plan, platform), files, source }
}

const rangeOf = ({ python, pythonMost }: PythonPlan) => ({ least: python, most: pythonMost })

/** The program that is started, relative to the build: the plan's own, else Python with the launcher. */
function executableOf({ program }: PythonPlan, platform: PythonInput['platform']): string {
  const name = program ?? 'python'
  return platform === 'win32' ? `venv/Scripts/${name}.exe` : `venv/bin/${name}`
}

/** Writes the lock: every package with version, file and digest. */
async function resolve(run: Run): Promise<LockedPackage[]> {
  const { folder, plan, uv, python } = run
  const wanted = join(folder, 'requirements.in')
  await writeFile(wanted, `${plan.requirements.join('\n')}\n`, { flag: 'wx' })
  const overrides: string[] = []
  if (plan.overrides) {
    const file = join(folder, 'overrides.txt')
    await writeFile(file, `${plan.overrides.requirements.join('\n')}\n`, { flag: 'wx' })
    run.log(`In place of what the package asks for: ${plan.overrides.requirements.join(', ')}. ${plan.overrides.why}`)
    overrides.push('--override', file)
  }
  run.options.onStage?.('the index is asked which packages belong together')
  const lock = join(folder, lockName)
  const compile = [uv, 'pip', 'compile', wanted, ...overrides, '--python', python, '--only-binary', ':all:'] as const
  const command = [...compile, '--format', 'pylock.toml', '--output-file', lock, '--no-header', '--quiet'] as const
  await call(run, { command, timeoutMs: makeWithinMs })
  const packages = readLock(await readFile(lock, 'utf8'))
  run.log(`${packages.length} packages: ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`)
  return packages
}

async function fetchPackages(run: Run, packages: readonly LockedPackage[]) {
  const { folder, plan, uv, python, options } = run
  const progress = createUvProgress(bytesOf(packages) ?? plan.downloadBytes ?? null)
  options.onStage?.(`${packages.length} packages are fetched`)
  const install = [uv, 'pip', 'install', '--python', python, '-r', join(folder, lockName)] as const
  await call(run, {
    command: [...install, '--only-binary', ':all:', '--compile-bytecode'],
    timeoutMs: fetchWithinMs,
    onLine(line) {
      const { amount, stage } = progress(line)
      if (stage !== null) options.onStage?.(stage)
      if (amount !== null) options.onProgress(amount)
    },
  })
}

/** Repairs, launcher, and what is really there, for the manifest. */
async function finish(run: Run): Promise<{ python: string; packages: string[] }> {
  const { folder, plan, python, log } = run
  run.options.onStage?.('what was installed is looked at')
  const look = async () => JSON.parse(await call(run, { command: [python, '-I', '-c', inventory], timeoutMs: lookWithinMs })) as Inventory
  const { site } = await look()
  await repair(plan.repairs ?? [], { build: folder, 'site-packages': site }, log)
  if (plan.launcher) {
    const launcher = join(folder, plan.launcher.name)
    await writeFile(launcher, plan.launcher.text, { flag: 'wx' })
    await chmod(launcher, 0o755)
  }
  const { python: version, packages } = await look()
  return { python: version, packages }
}

type Inventory = { python: string; packages: string[]; site: string }
const inventory =
  'import importlib.metadata as m, json, platform, sysconfig; print(json.dumps({"python": platform.python_version(), "site": sysconfig.get_path("purelib"), "packages": sorted(f"{d.name}=={d.version}" for d in m.distributions())}))'

type Call = { command: readonly [string, ...string[]]; timeoutMs: number; onLine?(line: string): void }

/** Runs one command to its end and gives what it printed. */
async function call({ runTool, options, variables, log, plan }: Run, { command, timeoutMs, onLine }: Call): Promise<string> {
  const [file, ...rest] = command
  const result = await runTool(file, rest, {
    ...{ timeoutMs, signal: options.signal, maxBytes: 20_000_000, env: variables, guarded: true },
    onLine(line) {
      if (!line.startsWith('{')) log(line)
      onLine?.(line)
    },
  })
  options.signal.throwIfAborted()
  if (result.outcome !== 'read') throw pythonRefusal(result, { command, title: plan.requirements[0] ?? 'it', range: rangeOf(plan) })
  return result.stdout
}

async function recordOf(folder: string, path: string) {
  const content = await readFile(join(folder, path))
  return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/** What was fetched for installs that nobody took up again. */
async function dropOld(buildsFolder: string) {
  const names = (await readdir(buildsFolder).catch(() => [])).filter(name => name.startsWith(fetchedPrefix))
  for (const name of names) {
    const changedMs = (await stat(join(buildsFolder, name)).catch(() => null))?.mtimeMs
    if (changedMs !== undefined && Date.now() - changedMs > keptForMs) await rm(join(buildsFolder, name), { recursive: true, force: true })
  }
}
