import { homedir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../contract/failure'
import { findPip, type InterpreterDeps } from './python-interpreter'
import { pythonRefusal } from './python-refusal'

/** Release of uv that is fetched where none is, or only an old one; its PyPI wheel carries the program. */
export const uvVersion = '0.13.9'
/** The first that writes and installs pylock.toml without a preview flag is older; this is what was tried (docs.astral.sh/uv). */
const uvLeast = [0, 8] as const

const lookWithinMs = 10_000
const fetchWithinMs = 15 * 60_000

export type UvDeps = InterpreterDeps & {
  /** Folder that a fetched uv goes to. */
  toolsFolder: string
  signal: AbortSignal
  log(line: string): void
}

/**
 * A uv that works: the person's own when it is new enough, else the pinned release from PyPI by the pip of any Python here.
 * @throws Failure `not-installed` when there is neither, `download-failed` when it cannot be fetched.
 */
export async function provideUv(deps: UvDeps): Promise<string> {
  const { homeFolder = homedir(), platform, toolsFolder } = deps
  const suffix = platform === 'win32' ? '.exe' : ''
  const usual = ['.local', '.cargo'].map(folder => join(homeFolder, folder, 'bin', `uv${suffix}`))
  const fetched = join(toolsFolder, 'bin', `uv${suffix}`)
  for (const file of ['uv', ...usual, fetched]) {
    const told = await deps.runTool(file, ['--version'], { timeoutMs: lookWithinMs })
    if (told.outcome === 'read' && isNewEnough(told.stdout)) return file
  }
  const python = await findPip(deps)
  if (python === null) {
    throw new Failure('not-installed', 'Neither uv nor a Python with pip is here. Install uv (docs.astral.sh/uv) or Python, and try again.')
  }
  deps.log(`uv ${uvVersion} is fetched by pip`)
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--upgrade']
  const result = await deps.runTool(python, [...pip, '--target', toolsFolder, `uv==${uvVersion}`], {
    ...{ timeoutMs: fetchWithinMs, signal: deps.signal, onLine: deps.log, guarded: true },
  })
  deps.signal.throwIfAborted()
  if (result.outcome === 'read') return fetched
  throw pythonRefusal(result, { command: [python, ...pip], title: `uv ${uvVersion}`, range: { least: '3.8' } })
}

function isNewEnough(text: string): boolean {
  const [, major, minor] = /uv (\d+)\.(\d+)/.exec(text) ?? []
  if (major === undefined || minor === undefined) return false
  return Number(major) > uvLeast[0] || Number(minor) >= uvLeast[1]
}

/** Name of uv's variable for each of pip's options (pip.pypa.io/en/stable/topics/configuration, docs.astral.sh/uv/reference/environment). */
const uvNames: Readonly<Record<string, readonly string[]>> = {
  'index-url': ['UV_DEFAULT_INDEX'],
  'extra-index-url': ['UV_INDEX'],
  'find-links': ['UV_FIND_LINKS'],
  cert: ['SSL_CERT_FILE'],
  proxy: ['HTTPS_PROXY', 'HTTP_PROXY'],
  'trusted-host': ['UV_INSECURE_HOST'],
  timeout: ['UV_HTTP_TIMEOUT'],
  'default-timeout': ['UV_HTTP_TIMEOUT'],
}

/**
 * Where packages come from, as the person told pip: lines of `pip config list` (`global.index-url='https://...'`) as variables
 * of uv. What is set for uv already stays. Variables of pip come last in that list and win, as they do with pip.
 */
export function uvEnvironment(pipConfiguration: string, own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [, scope = '', name = '', value = ''] of pipConfiguration.matchAll(/^(global|install|download|:env:)\.([\w-]+)='(.*)'$/gm)) {
    // The list is sorted by name, so that `:env:` comes first.
    const fromVariable = scope === ':env:'
    for (const variable of uvNames[name] ?? []) {
      if (own[variable] || (!fromVariable && pipConfiguration.includes(`:env:.${name}='`))) continue
      environment[variable] = separated(variable, value)
    }
  }
  return environment
}

/** pip parts lists by spaces or lines, uv's links by commas. */
const separated = (variable: string, value: string) =>
  value
    .split(/\\n|\s+/)
    .filter(part => part !== '')
    .join(variable === 'UV_FIND_LINKS' ? ',' : ' ')

/** `pip config list` of a Python, or nothing when it has no pip. */
export async function pipConfiguration({ runTool }: Pick<InterpreterDeps, 'runTool'>, python: string | null): Promise<string> {
  if (python === null) return ''
  const told = await runTool(python, ['-m', 'pip', 'config', 'list'], { timeoutMs: lookWithinMs })
  return told.outcome === 'read' ? told.stdout : ''
}
