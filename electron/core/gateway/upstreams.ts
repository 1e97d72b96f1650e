import { Pool } from 'undici'
import type { GatewayLimits, Upstream } from './gateway.types'

export type Connection = { pool: Pool; /** Path before `/v1`. */ prefix: string }

export type Upstreams = {
  of(upstream: Upstream): Connection
  close(): Promise<void>
}

/** Servers that nobody asked for so long lose their connections; a restarted runtime has another port anyway. */
const unusedMs = 5 * 60_000
/** Below the 5 s after which cpp-httplib, uvicorn and older Node close idle connections, so that we rarely send into a closing one. */
const keepAliveMs = 3_000

/** Connections to the runtimes, one pool per address, as many connections as there are requests. */
export function createUpstreams(limits: GatewayLimits, monotonicMs: () => number): Upstreams {
  const known = new Map<string, { connection: Connection; usedAt: number }>()

  function open(address: string): Connection {
    const options = {
      connections: null,
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      connectTimeout: limits.upstreamConnectMs,
      headersTimeout: limits.upstreamFirstByteMs,
      bodyTimeout: limits.upstreamGapMs,
      allowH2: false,
    }
    if (address.startsWith('unix:')) {
      return { pool: new Pool('http://localhost', { ...options, socketPath: address.slice('unix:'.length) }), prefix: '' }
    }
    const url = new URL(address)
    return { pool: new Pool(url.origin, options), prefix: url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '') }
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
    async close() {
      const pools = [...known.values()].map(({ connection }) => connection.pool)
      known.clear()
      await Promise.all(pools.map(pool => pool.destroy()))
    },
  }
}
