import type { Socket } from 'node:net'
import { buildConnector, errors, Pool } from 'undici'
import type { GatewayLimits, Upstream } from './gateway.types'

export type Connection = { pool: Pool; /** Path before `/v1`. */ prefix: string }

export type Upstreams = {
  of(upstream: Upstream): Connection
  /** Whether what broke was a connection that had answered before, so that it may have been closed before the request came. */
  wasKept(error: Error): boolean
  close(): Promise<void>
}

/** Servers that nobody asked for so long lose their connections; a restarted runtime has another port anyway. */
const unusedMs = 5 * 60_000
/** Below the 5 s after which cpp-httplib, uvicorn and older Node close idle connections, so that we rarely send into a closing one. */
const keepAliveMs = 3_000

/** Connections to the runtimes, one pool per address, as many connections as there are requests. */
export function createUpstreams(limits: GatewayLimits, monotonicMs: () => number): Upstreams {
  const known = new Map<string, { connection: Connection; usedAt: number }>()
  const answered = new WeakMap<Error, boolean>()

  /** Notes of each connection that breaks whether it had answered before; the error alone does not say. */
  function connectorTo(socketPath: string | null): buildConnector.connector {
    const connect = buildConnector({ timeout: limits.upstreamConnectMs, allowH2: false, ...(socketPath !== null && { socketPath }) })
    return (options, callback) => {
      connect(options, (...made: [Error, null] | [null, Socket]) => {
        const [, socket] = made
        socket?.once('error', error => answered.set(error, socket.bytesRead > 0))
        callback(...made)
      })
    }
  }

  function open(address: string): Connection {
    const options = {
      connections: null,
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      headersTimeout: limits.upstreamFirstByteMs,
      bodyTimeout: limits.upstreamGapMs,
    }
    if (address.startsWith('unix:')) {
      return { pool: new Pool('http://localhost', { ...options, connect: connectorTo(address.slice('unix:'.length)) }), prefix: '' }
    }
    const url = new URL(address)
    return {
      pool: new Pool(url.origin, { ...options, connect: connectorTo(null) }),
      prefix: url.pathname.replace(/\/+$/, '').replace(/\/v1$/, ''),
    }
  }

  function dropUnused(now: number) {
    for (const [address, { connection, usedAt }] of known) {
      const busy = connection.pool.stats.running + connection.pool.stats.pending + connection.pool.stats.queued > 0
      if (busy || now - usedAt < unusedMs) continue
      known.delete(address)
      void connection.pool.close()
    }
  }

  return {
    of({ address }) {
      const now = monotonicMs()
      const entry = known.get(address)
      if (entry) {
        entry.usedAt = now
        return entry.connection
      }
      dropUnused(now)
      const connection = open(address)
      known.set(address, { connection, usedAt: now })
      return connection
    },
    wasKept(error) {
      if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0
      return answered.get(error) ?? false
    },
    async close() {
      const pools = [...known.values()].map(({ connection }) => connection.pool)
      known.clear()
      await Promise.all(pools.map(pool => pool.destroy()))
    },
  }
}
