import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createServer } from 'vite'
import { watchElectron } from './build.ts'

/**
 * Development with hot reload: Vite serves the renderer, the host is rebuilt and started again when its sources change.
 * Vite passes `/rpc` and `/open` on to the host, so the page sees one origin.
 */
const root = join(import.meta.dirname, '..', '..')
const hostPort = Number(process.env.ROUNDHOUSE_DEV_PORT ?? 4790)
const origin = `http://127.0.0.1:${hostPort}`

let host: ChildProcess | null = null
function restartHost() {
  const start = () => {
    host = spawn(process.execPath, [join(root, 'dist', 'host', 'cli.js'), 'serve', '--port', String(hostPort), '--no-open'], {
      stdio: 'inherit',
    })
  }
  if (!host || host.exitCode !== null) {
    start()
    return
  }
  host.once('exit', start)
  host.kill('SIGTERM')
}

await watchElectron(restartHost)
const vite = await createServer({
  configFile: join(root, 'vite.config.ts'),
  server: {
    host: '127.0.0.1',
    port: 4791,
    proxy: {
      '/open': { target: origin, changeOrigin: true },
      '/rpc': { target: origin, ws: true, changeOrigin: true, rewriteWsOrigin: true },
    },
  },
})
await vite.listen()
process.stderr.write('Open the link below with port 4791 in place of the one shown.\n')
const stop = () => {
  host?.kill('SIGTERM')
  void vite.close().then(() => process.exit(0))
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
