import getPort from 'get-port'
import { readFile, readdir, readlink } from 'node:fs/promises'
import { runTool } from '../lib/run-tool'
import { livingMembers, nameOf } from './processes'

export type Listener = { address: string; port: number; inode: string }

/** Sockets in state LISTEN (0A) of /proc/net/tcp or tcp6 (proc(5)). Addresses are hexadecimal, each 32-bit word in host order. */
export function parseListeners(text: string): Listener[] {
  return [...text.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A(?: +\S+){5} +(\d+)/gm)].map(([, address, port, inode]) => ({
    address: addressOf(address ?? ''),
    port: Number.parseInt(port ?? '', 16),
    inode: inode ?? '',
  }))
}

function addressOf(hex: string): string {
  if (/^0+$/.test(hex)) return 'any'
  // An IPv4 address mapped into IPv6 keeps its own form.
  const v4 = hex.length === 8 ? hex : hex.startsWith('0000000000000000FFFF0000') ? hex.slice(24) : null
  if (v4 !== null)
    return (v4.match(/../g) ?? [])
      .reverse()
      .map(byte => Number.parseInt(byte, 16))
      .join('.')
  return hex === '00000000000000000000000001000000' ? '::1' : hex
}

/** Who may hold a port: its listeners on loopback or on every address. Null where it cannot be read. */
async function listenersOn(port: number): Promise<Listener[] | null> {
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/net/${name}`, 'utf8').catch(() => null)))
  if (tables[0] === null || tables[0] === undefined) return null
  const reachable = (address: string) => address === 'any' || address === '::1' || address.startsWith('127.')
  return tables.flatMap(table => parseListeners(table ?? '')).filter(listener => listener.port === port && reachable(listener.address))
}

async function socketInodesOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch(() => [])
  const links = await Promise.all(names.map(name => readlink(`${folder}/${name}`).catch(() => '')))
  return links.flatMap(link => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

export type Ownership = 'ours' | 'exposed' | 'foreign' | 'nobody' | 'unknown'

/**
 * Whether the listener of `port` belongs to the runtime: its process, its group, or one with its marker. A port that a
 * stranger shares counts as foreign; one that answers beyond this machine as exposed. `unknown` where the OS does not say
 * (then the per-start key has to do).
 */
export async function listenerBelongs(port: number, pid: number, marker: string): Promise<Ownership> {
  const members = [pid, ...(await livingMembers(pid, marker))]
  if (process.platform === 'darwin') {
    const told = (await runTool('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpn'], { timeoutMs: 3_000 })).stdout
    const holders = [...told.matchAll(/^p(\d+)$/gm)].map(match => Number(match[1]))
    if (holders.length === 0) return 'unknown'
    if (!holders.every(holder => members.includes(holder))) return 'foreign'
    return /^n\*:/m.test(told) ? 'exposed' : 'ours'
  }
  const listeners = await listenersOn(port)
  if (listeners === null) return 'unknown'
  if (listeners.length === 0) return 'nobody'
  const inodes = new Set((await Promise.all(members.map(socketInodesOf))).flat())
  if (!listeners.every(listener => inodes.has(listener.inode))) return 'foreign'
  return listeners.some(isExposed) ? 'exposed' : 'ours'
}

/** Whether it answers other machines too: everything but 127.0.0.0/8 and ::1. */
export const isExposed = ({ address }: Listener) => address !== '::1' && !address.startsWith('127.')

/** The program that listens on a port, as `name (process 123)`; null when nobody does or the OS does not tell. */
export async function holderOf(port: number): Promise<string | null> {
  if (process.platform === 'win32') return null
  if (process.platform === 'darwin') {
    const answer = (await runTool('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeoutMs: 3_000 })).stdout
    const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(answer) ?? []
    return pid ? `${name ?? 'a program'} (process ${pid})` : null
  }
  const inodes = new Set(((await listenersOn(port)) ?? []).map(listener => listener.inode))
  if (inodes.size === 0) return null
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  for (const pid of pids) {
    const held = await socketInodesOf(pid)
    if (held.some(inode => inodes.has(inode))) return `${(await nameOf(pid)) ?? 'a program'} (process ${pid})`
  }
  return 'a program of another user'
}

export type Ports = {
  /** A free port on loopback that nobody else here was given; Failure-free: falls back to any free port. */
  reserve(): Promise<number>
  release(port: number): void
}

/**
 * Ports from 20000 up to where the OS takes its own for outgoing connections: a port from that range can be taken between
 * choosing and binding by any connection of any program (seen: reliability note F-06; range: ip(7) ip_local_port_range).
 */
export function createPorts(random: () => number = Math.random): Ports {
  const given = new Set<number>()
  return {
    async reserve() {
      const first = 20_000
      const end = await firstEphemeralPort()
      const start = first + Math.floor(random() * (end - first))
      const wanted = Array.from({ length: Math.min(200, end - first) }, (_, index) => first + ((start - first + index) % (end - first)))
      const port = await getPort({ port: wanted.filter(each => !given.has(each)), host: '127.0.0.1' })
      given.add(port)
      return port
    },
    release: port => void given.delete(port),
  }
}

async function firstEphemeralPort(): Promise<number> {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '')
  const low = Number.parseInt(text, 10)
  return low > 21_000 ? Math.min(low, 49_152) : 32_768
}
