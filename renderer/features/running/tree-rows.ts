import type { GatewayStatus } from '../../../electron/contract/gateway'
import type { Instance } from '../../../electron/contract/instance'
import type { SystemInfo } from '../../../electron/contract/system'
import { deviceWords } from '../shared/device-words'

/** One line of the tree: the host, or an instance under it. */
export interface TreeRow {
  id: string
  /** Null for the host itself. */
  instance: Instance | null
  name: string
  about: string
  pid: number | null
  port: string | null
  device: string | null
  memoryMiB: number | null
  /** When its process began, which a restart does anew; null while it does not run. */
  since: string | null
  restarts: string
}

/** The host and, under it, every instance in order of start. */
export function treeRows(system: SystemInfo | null, gateway: GatewayStatus | null, instances: readonly Instance[]): TreeRow[] {
  const host: TreeRow = {
    id: 'host',
    instance: null,
    name: 'host',
    about: 'gateway, supervisor',
    pid: system?.hostPid ?? null,
    port: gateway?.port == null ? null : String(gateway.port),
    device: 'CPU',
    memoryMiB: null,
    since: system?.startedAt ?? null,
    restarts: '',
  }
  return [host, ...instances.map(rowOf)]
}

function rowOf(instance: Instance): TreeRow {
  const runs = instance.state.kind === 'ready' || instance.state.kind === 'starting' || instance.state.kind === 'stopping'
  return {
    id: instance.id,
    instance,
    name: instance.id,
    about: `${instance.buildTitle}, ${instance.modelTitle}`,
    pid: instance.pid,
    port: portOf(instance.address),
    device: deviceWords(instance),
    memoryMiB: runs ? (instance.proof?.memoryMiB ?? instance.residentMiB) : null,
    since: runs ? (instance.upSince ?? instance.startedAt) : null,
    restarts: restartWords(instance),
  }
}

/** The port of an address, `socket` for a Unix socket; null when there is none. */
export function portOf(address: string | null): string | null {
  if (address === null) return null
  if (address.startsWith('unix:')) return 'socket'
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
}

/** How often it was started again and why last; for a failed one, why it is not. */
export function restartWords({ state, restarts, lastRestartWhy }: Instance): string {
  if (state.kind === 'failed' && state.autopsy.permanent) return 'not restarted: would fail the same way'
  if (lastRestartWhy === null) return String(restarts)
  return `${restarts} · ${lastRestartWhy}`
}

/** `2 ready, 1 failed`, for the bar. */
export function summaryOf(instances: readonly Instance[]): string {
  const count = (kinds: readonly string[]) => instances.filter(each => kinds.includes(each.state.kind)).length
  const parts: [number, string][] = [
    [count(['ready']), 'ready'],
    [count(['starting', 'backoff']), 'starting'],
    [count(['failed', 'stuck']), 'failed'],
    [count(['stopped', 'stopping']), 'stopped'],
  ]
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`)
  return said.length === 0 ? 'nothing runs' : said.join(', ')
}

/** Milliseconds between then and now; null when then is not known. */
export function elapsedMs(since: string | null, nowMs: number): number | null {
  const start = since === null ? Number.NaN : Date.parse(since)
  return Number.isNaN(start) ? null : Math.max(0, nowMs - start)
}
