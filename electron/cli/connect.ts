import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { spawn } from 'node:child_process'
import { fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Contract } from '../contract'
import { Failure } from '../contract/failure'
import type { Home } from '../core/lib/home'
import { homeHeldExitCode, isAlive, readHostFile, type HostFile } from '../core/lib/home-lock'
import { rotateWhenFull } from '../core/lib/rotate'

export type Client = ContractRouterClient<Contract>
export type Connection = { client: Client; host: HostFile; close(): void }

const HOST_STARTS_WITHIN_MS = 20_000
/** Longer than the longest polite end of a runtime. */
const HOST_ENDS_WITHIN_MS = 60_000
const PROCESS_GOES_WITHIN_MS = 1_000
/** A stale address may belong to a program by now that takes connections and says nothing. */
const HANDSHAKE_WITHIN_MS = 5_000

/** Connects to the running host of this home; null when none runs. */
export async function connect(home: Home): Promise<Connection | null> {
  const host = readHostFile(home.run)
  if (!host) return null
  const socket = new WebSocket(`${host.control.replace(/^http/, 'ws')}/rpc`, {
    headers: { authorization: `Bearer ${host.controlKey}` },
    handshakeTimeout: HANDSHAKE_WITHIN_MS,
  })
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
  const connection = running ?? (await connectOrStart(home))
  try {
    return await question(connection.client)
  } finally {
    if (running) running.close()
    else await shutDown(home, connection).catch(() => undefined)
  }
}

/** Ends the host and waits until it has let go of its home, so that whatever is typed next finds neither it nor what ran in it. */
export async function shutDown(home: Home, { client, host, close }: Connection): Promise<void> {
  await client.system.shutDown()
  close()
  const deadline = performance.now() + HOST_ENDS_WITHIN_MS
  while (readHostFile(home.run)?.pid === host.pid) {
    if (performance.now() > deadline)
      throw new Failure('busy', `The host (process ${host.pid}) is still ending what runs. Look again with \`ps\`.`)
    await sleep(20)
  }
  // Its process is gone moments later; a container without an init keeps its name in the list, so that is not waited for long.
  const atMost = performance.now() + PROCESS_GOES_WITHIN_MS
  while (isAlive(host.pid) && performance.now() < atMost) await sleep(10)
}

/** The running host, or a new one in the background that outlives this command. */
export async function connectOrStart(home: Home): Promise<Connection> {
  const running = await connect(home)
  if (running) return running
  const file = join(home.logs, 'host.log')
  rotateWhenFull(file)
  const log = openSync(file, 'a')
  const saidBefore = fstatSync(log).size
  let child = launchHost(log)
  const deadline = performance.now() + HOST_STARTS_WITHIN_MS
  while (performance.now() < deadline) {
    const connection = await connect(home)
    if (connection) return connection
    // Another host of this home begins or ends at this moment: it is found then, or ours takes its place.
    if (child.exitCode === homeHeldExitCode) child = launchHost(log)
    else if (child.exitCode !== null || child.signalCode !== null) break
    await sleep(50)
  }
  const words = readFileSync(file).subarray(saidBefore).toString('utf8').trim().split('\n').at(-1) ?? ''
  throw new Failure('did-not-start', `The host did not come up${words === '' ? '' : `: ${words}`}. All that it said is in ${file}.`)
}

function launchHost(log: number) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'host.js'), '--background'], {
    detached: true,
    stdio: ['ignore', log, log],
    env: process.env,
  })
  child.unref()
  return child
}
