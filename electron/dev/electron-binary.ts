import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const electronFolder = join(import.meta.dirname, '..', '..', 'node_modules', 'electron')
const downloadTimeoutMs = 10 * 60_000
const reachTimeoutMs = 3_000

export type ElectronBinary = { found: true; file: string } | { found: false; why: string }

/** The Electron executable: the one named by ELECTRON_OVERRIDE_DIST_PATH, the installed one, or a fresh download. */
export async function findElectron(environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<ElectronBinary> {
  if (process.platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return { found: false, why: 'there is no display for a window' }
  }
  if (process.platform === 'linux' && process.getuid?.() === 0 && !args.includes('--no-sandbox')) {
    return { found: false, why: 'Electron does not run as root without --no-sandbox' }
  }
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (override) return checked(join(override, executableName()))
  const installed = installedBinary()
  if (installed) return { found: true, file: installed }
  if (!(await canReachDownloads(environment)))
    return { found: false, why: 'its binary is not here and cannot be downloaded from this network' }
  process.stderr.write('Fetching the Electron binary, once…\n')
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], { stdio: 'inherit', timeout: downloadTimeoutMs })
  const fetched = installedBinary()
  return fetched ? { found: true, file: fetched } : { found: false, why: 'its download failed' }
}

function checked(file: string): ElectronBinary {
  return existsSync(file) ? { found: true, file } : { found: false, why: `${file} does not exist` }
}

const executableName = () =>
  process.platform === 'win32' ? 'electron.exe' : process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron'

function installedBinary(): string | null {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const file = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(file) ? file : null
}

/** Whether any server answers where the binary comes from (GitHub, or the mirror that the environment names). */
async function canReachDownloads(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const address = environment.ELECTRON_MIRROR ?? environment.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/'
  return fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(reachTimeoutMs) }).then(
    () => true,
    () => false,
  )
}
