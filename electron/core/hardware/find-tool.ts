import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
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

/** The tool's whole path, looked for in PATH and then in the places its maker uses; null when it is nowhere. */
export async function findTool(name: string, { platform, path }: { platform: Platform; path: string }): Promise<string | null> {
  const folders = [...path.split(delimiter).filter(folder => folder !== ''), ...knownPlaces[platform]]
  const file = platform === 'win32' ? `${name}.exe` : name
  for (const folder of new Set(folders)) {
    const candidate = join(folder, file)
    if (await isExecutable(candidate)) return candidate
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
