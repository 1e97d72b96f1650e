import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Contract } from '../contract'
import { Failure } from '../contract/failure'
import type { Home } from '../core/lib/home'
import { readHostFile, type HostFile } from '../core/lib/home-lock'

export type Client = ContractRouterClient<Contract>
export type Connection = { client: Client; host: HostFile; close(): void }

const HOST_STARTS_WITHIN_MS = 20_000

/** Connects to the running host of this home; null when none runs. */
export async function connect(home: Home): Promise<Connection | null> {
  const host = readHostFile(home.run)
  if (!host) return null
  const socket = new WebSocket(`${host.control.replace(/^http/, 'ws')}/rpc`, { headers: { authorization: `Bearer ${host.controlKey}` } })
  const open = await new Promise<boolean>(resolve => {
    socket.once('open', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
  if (!open) return null
  // The link wants the browser's WebSocket; the one of `ws` has the same events and `send`.
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket })
  return { client: createORPCClient<Client>(link), host, close: () => socket.terminate() }
}

/** The running host, which the command needs. */
export async function connectOrFail(home: Home): Promise<Connection> {
  const connection = await connect(home)
  if (connection) return connection
  throw new Failure('not-found', 'No Roundhouse host runs for this home. Start one with `up` or `serve`.')
}

/** Asks the running host; where none runs, one is started for this question only and ended after it. */
export async function withHost<Result>(home: Home, question: (client: Client) => Promise<Result>): Promise<Result> {
  const running = await connect(home)
  const { client, close } = running ?? (await connectOrStart(home))
  try {
    return await question(client)
  } finally {
    if (!running) await client.system.shutDown().catch(() => undefined)
    close()
  }
}

/** The running host, or a new one in the background that outlives this command. */
export async function connectOrStart(home: Home): Promise<Connection> {
  const running = await connect(home)
  if (running) return running
  const log = openSync(join(home.logs, 'host.log'), 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'host.js'), '--background'], {
    detached: true,
    stdio: ['ignore', log, log],
    env: process.env,
  })
  child.unref()
  const deadline = performance.now() + HOST_STARTS_WITHIN_MS
  while (performance.now() < deadline) {
    const connection = await connect(home)
    if (connection) return connection
    if (child.exitCode !== null) break
    await sleep(50)
  }
  throw new Failure('did-not-start', `The host did not come up; its last words are in ${join(home.logs, 'host.log')}.`)
}
