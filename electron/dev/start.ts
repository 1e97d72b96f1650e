import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { findElectron } from './electron-binary.ts'
import { ensureBuilt } from './ensure-built.ts'

const root = join(import.meta.dirname, '..', '..')
const [binary] = await Promise.all([findElectron(process.env, process.argv), ensureBuilt()])

if (binary.found) {
  const child = spawn(binary.file, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  child.on('exit', code => process.exit(code ?? 1))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
} else {
  process.stderr.write(`Electron cannot open here, since ${binary.why}: the same window is served to your browser instead.\n`)
  process.argv.splice(2, process.argv.length, 'serve', ...process.argv.slice(2))
  await import(new URL('../../dist/host/cli.js', import.meta.url).href)
}
