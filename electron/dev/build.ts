import { build, context, type BuildOptions } from 'esbuild'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** CommonJS packages inside an ES module bundle need these three names (field note of esbuild's ESM output). */
const commonJsNames =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;"

/** Entries that run on Node 24 (or Electron's Node): the host, the built-in engine, the worker, the command line. */
const nodeEntries = ['host', 'engine', 'worker', 'cli']
/** Entries that Electron loads: CommonJS, since a sandboxed preload must be. */
const shellEntries = ['main', 'preload']

const entriesThatExist = (names: readonly string[]) => names.map(name => join(root, 'electron', `${name}.ts`)).filter(existsSync)

export function nodeBundle(outdir: string): BuildOptions {
  return {
    entryPoints: entriesThatExist(nodeEntries),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    sourcemap: 'linked',
    banner: { js: commonJsNames },
    external: ['node-llama-cpp', 'electron'],
    logLevel: 'warning',
  }
}

export function shellBundle(outdir: string): BuildOptions {
  return {
    entryPoints: entriesThatExist(shellEntries),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'linked',
    external: ['electron'],
    logLevel: 'warning',
  }
}

/** Builds everything but the renderer into dist/. */
export async function buildElectron(outdir = join(root, 'dist')) {
  await build(nodeBundle(join(outdir, 'host')))
  await build(shellBundle(outdir))
}

/** Rebuilds on change and calls back after each good build. */
export async function watchElectron(onBuilt: () => void) {
  const watched = await context({
    ...nodeBundle(join(root, 'dist', 'host')),
    plugins: [
      {
        name: 'tell',
        setup(it) {
          it.onEnd(result => {
            if (result.errors.length === 0) onBuilt()
          })
        },
      },
    ],
  })
  await watched.watch()
  return watched
}

if (process.argv[1] === import.meta.filename) await buildElectron()
