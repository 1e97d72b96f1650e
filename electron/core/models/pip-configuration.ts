import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runTool } from '../lib/run-tool'
import type { Environment } from './network'

/** Address of a simple repository index, without a slash at its end, and what it wants to see. */
export type PackageIndex = { address: string; headers: Readonly<Record<string, string>> }

/**
 * The index that pip or uv on this machine would use: their variables, then pip's configuration files, and without either
 * the one that pip itself names as its default. Null when there is no pip to ask. Order and places:
 * https://pip.pypa.io/en/stable/topics/configuration/ and https://docs.astral.sh/uv/reference/environment/.
 */
export async function findIndex(environment: Environment, askPip: () => Promise<string> = pipHelp): Promise<PackageIndex | null> {
  return configuredIndex(environment) ?? indexAt(defaultOf(await askPip()) ?? '')
}

/** What variables and files say; null when they name no index. */
export function configuredIndex(environment: Environment, platform: NodeJS.Platform = process.platform): PackageIndex | null {
  const named = environment.PIP_INDEX_URL ?? environment.UV_DEFAULT_INDEX ?? environment.UV_INDEX_URL
  if (named) return indexAt(named)
  for (const file of configurationFiles(environment, platform)) {
    const found = indexUrlOf(readText(file))
    if (found) return indexAt(found)
  }
  return null
}

const PIP_ANSWERS_WITHIN_MS = 5_000

async function pipHelp(): Promise<string> {
  const python = process.platform === 'win32' ? 'python' : 'python3'
  const { stdout } = await runTool(python, ['-m', 'pip', 'download', '--help'], { timeoutMs: PIP_ANSWERS_WITHIN_MS })
  return stdout
}

/** The address that `pip download --help` names as the default of --index-url. */
export const defaultOf = (help: string): string | null => /--index-url <url>[^(]*\(default\s+(https?:\/\/[^\s)]+)\)/.exec(help)?.[1] ?? null

/** Credentials in the address become a header, since fetch refuses them in an address. */
function indexAt(text: string): PackageIndex | null {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return null
  const credentials = url.username === '' ? null : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return {
    address: url.href.replace(/\/+$/, ''),
    headers: credentials === null ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  }
}

/** First the one that wins. */
function configurationFiles(environment: Environment, platform: NodeJS.Platform): readonly string[] {
  const home = environment.HOME ?? environment.USERPROFILE ?? homedir()
  const own = environment.PIP_CONFIG_FILE ? [environment.PIP_CONFIG_FILE] : []
  const virtual = environment.VIRTUAL_ENV ? [join(environment.VIRTUAL_ENV, platform === 'win32' ? 'pip.ini' : 'pip.conf')] : []
  if (platform === 'win32') {
    return [
      ...own,
      ...virtual,
      join(environment.APPDATA ?? home, 'pip', 'pip.ini'),
      join(home, 'pip', 'pip.ini'),
      'C:\\ProgramData\\pip\\pip.ini',
    ]
  }
  const configuration = environment.XDG_CONFIG_HOME ?? join(home, '.config')
  const mac = platform === 'darwin' ? [join(home, 'Library', 'Application Support', 'pip', 'pip.conf')] : []
  return [
    ...own,
    ...virtual,
    ...mac,
    join(configuration, 'pip', 'pip.conf'),
    join(home, '.pip', 'pip.conf'),
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
  ]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** `index-url` of the sections that hold for downloads; `[install]` and `[download]` win over `[global]`. */
export function indexUrlOf(text: string): string | null {
  const found = new Map<string, string>()
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^\]]+)\]\s*$/.exec(line)?.[1]?.trim() ?? section
    const value = /^\s*index[-_]url\s*[=:]\s*(\S+)/.exec(line)?.[1]
    if (value) found.set(section, value)
  }
  return found.get('download') ?? found.get('install') ?? found.get('global') ?? null
}
