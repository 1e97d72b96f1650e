import { createORPCClient } from '@orpc/client'
import { onMessagePortClose, onMessagePortMessage, postMessagePortMessage, type SupportedMessagePort } from '@orpc/client/message-port'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, type RawData } from 'ws'
import type { Contract } from '../contract'
import { Failure } from '../contract/failure'
import type { ToShell } from '../contract/shell'
import type { Home } from '../core/lib/home'
import { readHostFile, type HostFile } from '../core/lib/home-lock'
import type { ShellLink } from './shell-link'

/** A host that has the lock but no address is still starting, or already ending: whoever asks looks at the lock again then. */
const publishesWithinMs = 1_000

type Status = Omit<Extract<ToShell, { type: 'status' }>, 'type'>

/**
 * Joins the windows of a shell to the host that runs already for this home, started by a command or a service: bytes pass as
 * they came. Quitting the shell leaves that host alone. When it ends, so does this process, and the shell starts a host of its own.
 * Fails with `busy` when the other one has no address now, or does not answer there.
 */
export async function relayToRunningHost(home: Home, link: ShellLink): Promise<void> {
  const host = await publishedHost(home)
  const status = await openSocket(host)
  status.on('close', () => process.exit(1))
  link.onPort(port => void relayPort(host, port))
  link.listen(message => {
    if (message.type !== 'shut-down') return
    link.tell({ type: 'ended' })
    process.exit(0)
  })
  link.tell({ type: 'ready', pid: host.pid })
  void followStatus(status, next => link.tell({ type: 'status', ...next }))
}

/**
 * Runs a host, or joins the one that has the home: null then. One that is just ending can neither be joined nor followed at once,
 * so both are tried in turn until the time is up, and then it fails as the joining did.
 */
export async function hostOrJoined<Host>(
  run: () => Promise<Host | null>,
  { join, withinMs }: { join(): Promise<void>; withinMs: number },
): Promise<Host | null> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const host = await run()
    if (host) return host
    try {
      await join()
      return null
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(200)
    }
  }
}

async function publishedHost(home: Home): Promise<HostFile> {
  const deadline = performance.now() + publishesWithinMs
  while (performance.now() < deadline) {
    const host = readHostFile(home.run)
    if (host) return host
    await sleep(100)
  }
  throw new Failure('busy', 'Another Roundhouse holds this home and does not answer. End it with `stop --all`, then open the app again.')
}

function openSocket({ control, controlKey }: HostFile): Promise<WebSocket> {
  const socket = new WebSocket(`${control.replace(/^http/, 'ws')}/rpc`, { headers: { authorization: `Bearer ${controlKey}` } })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', cause =>
      reject(new Failure('busy', 'The Roundhouse that runs already for this home cannot be reached.', { cause })),
    )
  })
}

/** What a port of a window says goes to a socket of its own, and back. */
async function relayPort(host: HostFile, port: SupportedMessagePort) {
  const waiting: unknown[] = []
  let forward = (data: unknown): void => {
    waiting.push(data)
  }
  const opening = openSocket(host)
  onMessagePortMessage(port, data => forward(data))
  onMessagePortClose(port, () => void opening.then(socket => socket.close()))
  const socket = await opening.catch(() => process.exit(1))
  forward = data => socket.send(data as string | Uint8Array)
  for (const data of waiting) forward(data)
  socket.on('message', (data: RawData, isBinary) => postMessagePortMessage(port, isBinary ? data : textOf(data)))
}

const textOf = (data: RawData): string => (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8')

/** Tray and quit dialog: nothing ends with this shell, so it never asks before quitting. */
async function followStatus(socket: WebSocket, tell: (status: Status) => void) {
  const client = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }))
  for await (const { inFlight, address } of await client.gateway.watch()) {
    const running: string[] = []
    for await (const event of await client.instances.watch()) {
      if (event.type === 'snapshot')
        running.push(...event.instances.flatMap(each => (each.state.kind === 'ready' ? [each.modelTitle] : [])))
      break
    }
    tell({ inFlight, running, address, askBeforeQuit: false })
  }
}
