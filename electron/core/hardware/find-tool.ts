import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Platform } from './hardware.types'

/** Where makers put tools that PATH may not know: WSL's driver, ROCm, Windows' system folder, Ascend's driver. */
const knownPlaces: Readonly<Record<Platform, readonly string[]>> = {
  linux: [
    '/usr/lib/wsl/lib',
    '/opt/rocm/bin',
    '/usr/local/cuda/bin',
    '/usr/local/bin',
    '/usr/local/sbin',
    '/usr/bin',
    '/usr/sbin',
    '/sbin',
    '/bin',
  ],
  darwin: ['/usr/bin', '/usr/sbin', '/opt/homebrew/bin', '/usr/local/bin'],
  win32: ['C:\\Windows\\System32', 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0', 'C:\\Program Files\\NVIDIA Corporation\\NVSMI'],
}

/** Where tools may be, each folder listed once: dozens of tools are asked for, and most are nowhere. */
export type ToolFolders = { platform: Platform; folders: Promise<readonly { folder: string; names: ReadonlySet<string> }[]> }

/** Lists the folders of PATH and those that makers use. Make a new one for each detection: tools come and go. */
export function listToolFolders({ platform, path }: { platform: Platform; path: string }): ToolFolders {
  const folders = new Set([...path.split(delimiter).filter(folder => folder !== ''), ...knownPlaces[platform]])
  return { platform, folders: Promise.all([...folders].map(async folder => ({ folder, names: await namesIn(folder, platform) }))) }
}

const comparable = (name: string, platform: Platform) => (platform === 'win32' ? name.toLowerCase() : name)

async function namesIn(folder: string, platform: Platform): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readdir(folder)).map(name => comparable(name, platform)))
  } catch {
    return new Set()
  }
}

/** The tool's whole path, the first in the order of folders that may be executed; null when it is nowhere. */
export async function findTool(name: string, { platform, folders }: ToolFolders): Promise<string | null> {
  const file = platform === 'win32' ? `${name}.exe` : name
  for (const { folder, names } of await folders) {
    if (names.has(comparable(file, platform)) && (await isExecutable(join(folder, file)))) return join(folder, file)
  }
  return null
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
