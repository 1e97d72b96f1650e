import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const stamp = join(root, 'dist', '.built')
const sources = ['electron', 'renderer', 'resources', 'package-lock.json', 'vite.config.ts']

function newestMs(path: string): number {
  const facts = statSync(path)
  if (!facts.isDirectory()) return facts.mtimeMs
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), 0)
}

const newestSource = () => Math.max(...sources.map(name => newestMs(join(root, name))))

/** Builds dist/ when it is missing or older than a source; says so on stderr, since it takes some seconds. */
export async function ensureBuilt() {
  if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) >= newestSource()) return
  const newest = newestSource()
  process.stderr.write('Building Roundhouse…\n')
  const [{ buildElectron }, vite] = await Promise.all([import('./build.ts'), import('vite')])
  await buildElectron()
  await vite.build({ configFile: join(root, 'vite.config.ts'), logLevel: 'error' })
  writeFileSync(stamp, String(newest))
}

if (process.argv[1] === import.meta.filename) await ensureBuilt()
