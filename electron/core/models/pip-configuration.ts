import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './network'

export const publicIndex = 'https://pypi.org/simple'

/** Address of a simple repository index, without a slash at its end, and what it wants to see. */
export type PackageIndex = { address: string; headers: Readonly<Record<string, string>> }

/**
 * The index that pip or uv on this machine would use: their variables, then pip's configuration files, then the public
 * one. Order and places: https://pip.pypa.io/en/stable/topics/configuration/ and https://docs.astral.sh/uv/reference/environment/.
 */
export function packageIndex(environment: Environment, platform: NodeJS.Platform = process.platform): PackageIndex {
  const named = environment.PIP_INDEX_URL ?? environment.UV_DEFAULT_INDEX ?? environment.UV_INDEX_URL
  if (named) return indexAt(named)
  for (const file of configurationFiles(environment, platform)) {
    const found = indexUrlOf(readText(file))
    if (found) return indexAt(found)
  }
  return indexAt(publicIndex)
}

/** Credentials in the address become a header, since fetch refuses them in an address. */
function indexAt(text: string): PackageIndex {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return { address: publicIndex, headers: {} }
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
