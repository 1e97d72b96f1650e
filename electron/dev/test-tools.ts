import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Path of a Chromium for the browser tests: CHROMIUM, or one of the usual places; null when there is none. */
export const findChromium = (): string | null => process.env.CHROMIUM ?? browsers.find(existsSync) ?? null

/** What the end-to-end tests need beside npm's packages: a Chromium, and for the real shell Xvfb with Electron's libraries. */
const debianPackages = ['chromium', 'xvfb', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libnotify4', 'python3-venv']

const isThere = () => findChromium() !== null && existsSync('/usr/bin/Xvfb')

/** Installs what is missing where it may (root on Debian), else says what is missing; the tests that need it then fail in plain words. */
export function provideTools() {
  if (isThere()) return
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall) {
    process.stdout.write(
      `Missing for the end-to-end tests: ${findChromium() ? 'Xvfb' : 'Chromium'}. On Debian: apt-get install ${debianPackages.join(' ')}\n`,
    )
    return
  }
  process.stdout.write('Installing Chromium and Xvfb from Debian for the end-to-end tests…\n')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env: environment })
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...debianPackages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
  })
  if (result.status !== 0) process.stdout.write('apt-get could not install them.\n')
}
