import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import type { Home } from '../core/lib/home'
import { Failure } from '../contract/failure'
import { linkToRunningHost, runHost } from '../transport/run-host'
import { endOnSignals, raiseOnFaults } from '../transport/signals'
import { machineElsewhere } from './advise'
import { print, printJson, remark } from './output'

export type ServeOptions = { port?: number; host: string; open: boolean; from?: string; json?: boolean }

/** Serves the window until it is ended; when a host runs already, prints a link to that one. */
export async function serve(home: Home, options: ServeOptions) {
  if (options.port !== undefined && !(options.port >= 0 && options.port <= 65_535)) {
    throw new Failure('bad-input', 'The port is a number from 0 to 65535.')
  }
  const ended = Promise.withResolvers<undefined>()
  const host = await runHost(
    {
      shell: 'browser',
      pages: true,
      hostname: options.host,
      port: options.port ?? 0,
      environment: process.env,
      engineLauncher: null,
      recorded: options.from === undefined ? null : { name: basename(options.from), machine: await machineElsewhere(options.from) },
      onEnded: () => ended.resolve(undefined),
    },
    home,
  )
  if (!host) {
    remark('A host runs already for this home; this is a new link to it.')
    show(await linkToRunningHost(home), options)
    return
  }
  endOnSignals(() => host.end())
  raiseOnFaults(
    error => host.core.report(error),
    () => host.end(),
  )
  if (!isLoopback(options.host))
    remark(`Anyone who can reach ${options.host} and has the link can use this window; the connection is not encrypted.`)
  show(host.newLink(), options)
  await ended.promise
}

const isLoopback = (hostname: string) => hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '::1'

/** Prints the link, and opens it where there is a desktop to open it on. */
function show(link: string, { open, json }: ServeOptions) {
  if (json) printJson({ link })
  else print(link)
  const hasDesktop = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY)
  if (!open || !hasDesktop) return
  const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' }
  spawn(openers[process.platform] ?? 'xdg-open', [link], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}
