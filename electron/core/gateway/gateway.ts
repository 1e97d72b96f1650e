import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { GatewayStatus } from '../../contract/gateway'
import { systemClock } from '../lib/clock'
import { createEventBus } from '../lib/event-bus'
import { errorText } from './answer'
import { bind } from './bind'
import { defaultLimits, type Gateway, type GatewayLimits, type GatewayOptions, type RequestRecord } from './gateway.types'
import { createLoad } from './load'
import { serve, type ServeContext } from './serve'
import { createThrottle } from './throttle'
import { createUpstreams } from './upstreams'

const loopback = '127.0.0.1'
const loopbackNames = [loopback, 'localhost', '[::1]']

/**
 * The one address: an OpenAI-compatible server that authenticates, routes by model name, forwards and meters. It does nothing else on its
 * loop. See INTERFACES (Gateway) for what clients may rely on, and README.md here for why it is built so.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { host = loopback, routes, clock = systemClock } = options
  const limits = { ...defaultLimits, ...options.limits }
  const upstreams = createUpstreams(limits, () => clock.monotonicMs())
  const statuses = createEventBus<GatewayStatus>()
  const records = createEventBus<RequestRecord>()
  const bound: Pick<GatewayStatus, 'state' | 'why' | 'port' | 'portNote'> = { state: 'starting', why: null, port: null, portNote: null }
  let isClosing = false

  const status = (): GatewayStatus => ({
    ...bound,
    address: bound.port === null ? null : `http://${host}:${bound.port}/v1`,
    routes: [...routes.list()],
    inFlight: load.total(),
    requestsTotal: load.served(),
  })
  const load = createLoad(() => statuses.emit(status()))
  const origins = new Set(options.allowedOrigins)
  let hosts: ReadonlySet<string> = new Set()
  const context: ServeContext = {
    routes,
    upstreams,
    limits,
    clock,
    throttle: createThrottle(clock, { free: limits.wrongKeysBeforeDelay, mostMs: limits.wrongKeyDelayMs }),
    rules: () => ({ keys: options.keys, hosts, origins }),
    load: { enter: load.enter, leave: load.leave, total: load.total, isClosing: () => isClosing },
    record: records.emit,
  }
  const servers = (host === loopback ? [0, 1] : [0]).map(() => createHttpServer(context))

  return {
    async listen() {
      try {
        const { port, note } = await bind(servers, { host, port: options.port })
        hosts = new Set([...loopbackNames, ...(options.allowedHosts ?? [])].map(name => `${name.toLowerCase()}:${port}`))
        Object.assign(bound, { state: 'ready', port, portNote: note })
        return { port, note }
      } catch (error) {
        Object.assign(bound, { state: 'failed', why: error instanceof Error ? error.message : String(error) })
        throw error
      } finally {
        load.changed()
      }
    },
    async close({ graceMs = 0 } = {}) {
      isClosing = true
      const closed = servers.map(server => new Promise(resolve => server.close(resolve)))
      await load.idle(graceMs)
      for (const server of servers) server.closeAllConnections()
      await Promise.all([...closed, upstreams.close()])
      load.end()
    },
    status,
    subscribe: statuses.subscribe,
    routesChanged: load.changed,
    onRequest: records.subscribe,
    inFlight: instanceId => (instanceId === undefined ? load.total() : load.of(instanceId)),
  }
}

function createHttpServer(context: ServeContext): Server {
  const { limits } = context
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      highWaterMark: 64 * 1024,
      noDelay: true,
      // A missing Host is ours to refuse, with 421.
      requireHostHeader: false,
    },
    (request, response) => {
      serve(context, request, response).catch(() => response.destroy())
    },
  )
  server.maxConnections = limits.connections
  server.maxHeadersCount = 100
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseUnparsed(error, socket, limits))
  return server
}

/** What is no HTTP, or takes too long to become a request, gets its answer by hand: there is no response object yet. */
function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket, limits: GatewayLimits) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, title, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'The headers are larger than 16 KiB.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', `The request was not complete in ${limits.requestMs / 1_000} s.`]
        : [400, 'Bad Request', 'This is no HTTP request.']
  const text = errorText({ status, code: 'bad_request', message })
  const head = `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n`
  socket.end(head + text)
}
