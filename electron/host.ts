import { reportOf } from './contract/failure'
import { openHome } from './core/lib/home'
import { homeHeldExitCode } from './core/lib/home-lock'
import { hostOrJoined, relayToRunningHost } from './transport/relay-host'
import { createShellEngineLauncher } from './transport/shell-engines'
import { linkToShell } from './transport/shell-link'
import { runHost, type HostOptions, type RunningHost } from './transport/run-host'
import { endOnSignals, raiseOnFaults } from './transport/signals'

/** The host: forked by Electron's main (`--shell`), or in the background for the command line (`--background`). */
const background: HostOptions = {
  shell: 'browser',
  pages: true,
  hostname: '127.0.0.1',
  port: 0,
  environment: process.env,
  engineLauncher: null,
  onEnded: () => process.exit(0),
}

/** Another host that starts or ends settles so soon. */
const settlesWithinMs = 30_000

async function runForShell() {
  const link = linkToShell()
  const utility = 'parentPort' in process
  const engineLauncher = utility ? createShellEngineLauncher(link) : null
  const ended = () => {
    link.tell({ type: 'ended' })
    setTimeout(() => process.exit(0), 50)
  }
  const home = openHome(process.env)
  const options: HostOptions = { ...background, shell: 'electron', pages: false, engineLauncher, onEnded: ended }
  const host = await hostOrJoined(() => runHost(options, home), {
    join: () => relayToRunningHost(home, link),
    withinMs: settlesWithinMs,
  })
  if (!host) return null
  link.onPort(port => host.doors.servePort(port))
  link.listen(message => {
    if (message.type === 'shut-down') void host.end()
    else if (message.type === 'resumed') host.core.resumed()
  })
  host.core.watchStatus(status => link.tell({ type: 'status', ...status }))
  link.tell({ type: 'ready', pid: process.pid })
  return host
}

try {
  const host: RunningHost | null = process.argv.includes('--shell') ? await runForShell() : await runHost(background)
  if (host) {
    endOnSignals(() => host.end())
    raiseOnFaults(
      error => host.core.report(error),
      () => host.end(),
    )
  } else if (!process.argv.includes('--shell')) process.exit(homeHeldExitCode)
} catch (error) {
  const { message } = reportOf(error)
  if (process.argv.includes('--shell')) linkToShell().tell({ type: 'failed', message })
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
