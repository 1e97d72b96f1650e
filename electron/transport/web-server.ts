import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { Failure } from '../contract/failure'
import { keepAlive } from './heartbeat'
import { reachOf } from './reach'
import { securityHeaders, sendFile } from './static-files'
import { sameSecret, type WebSessions } from './web-session'

export type WebServerDeps = {
  /** Loopback address, or another one that the person named together with `--host`. */
  hostname: string
  /** 0 takes any free port. */
  port: number
  /** Built renderer; null serves the control socket only. */
  rendererFolder: string | null
  sessions: WebSessions
  /** Bearer key of the command line. */
  controlKey: string
  /** Takes over an accepted socket. */
  serve(socket: WebSocket): void
  /** How often an open socket is asked for a sign of life. */
  heartbeatMs?: number
}

/** What is known once the port is. */
type Place = {
  hosts: ReadonlySet<string>
  /** Cookies know no ports: each host of this machine has a name of its own for its. */
  cookieName: string
  /** Base address for whoever opens the window. */
  shown: string
}

const MAX_MESSAGE_BYTES = 8 * 1024 * 1024
const HEARTBEAT_MS = 30_000

/** Serves window and contract on loopback: pages by session cookie, `/rpc` by cookie and own Origin, or by the control key. */
export async function startWebServer(deps: WebServerDeps) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES })
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 })
  const place: Place = { hosts: new Set(), cookieName: '', shown: '' }
  const guards = createGuards(deps, place)
  const { hasSession, hasKey, hostIsOurs } = guards

  server.on('request', (request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://roundhouse.invalid')
    if (!hostIsOurs(request)) {
      refuse(response, 421, 'This server answers only under its own name.')
      return
    }
    if (url.pathname === '/link' && request.method === 'POST') {
      if (!hasKey(request)) {
        refuse(response, 401, 'The key of this host is needed.')
        return
      }
      if (deps.rendererFolder === null) refuse(response, 409, 'This host serves no pages.')
      else sendJson(response, { token: deps.sessions.newLink(), at: place.shown })
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'Only reading is possible here.')
      return
    }
    if (deps.rendererFolder === null) {
      refuse(response, 404, 'This host serves no pages.')
      return
    }
    if (url.pathname.startsWith('/open/')) {
      open(url.pathname.slice('/open/'.length), request, response)
      return
    }
    if (!hasSession(request)) {
      refuse(response, 401, notOpened)
      return
    }
    return sendFile(response, deps.rendererFolder, url.pathname)
  }

  function open(token: string, request: IncomingMessage, response: ServerResponse) {
    const secret = deps.sessions.redeem(token)
    if (secret === null) refuse(response, 403, notOpened)
    else letIn(request, response, `${place.cookieName}=${secret}; HttpOnly; SameSite=Strict; Path=/`)
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(sockets, { request, socket, head, isAllowed: mayConnect(request, guards) }, deps.serve)
  })

  const port = await listen(server, deps)
  const { names, own, shown } = reachOf(deps.hostname)
  place.hosts = new Set(names.map(name => `${name}:${port}`))
  place.cookieName = `roundhouse-${port}`
  place.shown = `http://${shown}:${port}`
  const stopHeartbeat = keepAlive(sockets.clients, deps.heartbeatMs ?? HEARTBEAT_MS)

  return {
    /** For programs on this machine. */
    address: `http://${own}:${port}`,
    newLink: () => linkOf({ at: place.shown, token: deps.sessions.newLink() }),
    port,
    async close() {
      stopHeartbeat()
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
export type WebServer = Awaited<ReturnType<typeof startWebServer>>

/** The address that opens the window once. */
export const linkOf = ({ at, token }: { at: string; token: string }): string => `${at}/open/${token}`

/**
 * Gives the cookie and leads to the page. Who clicked the link in a page from elsewhere (a terminal in a browser) is led there by a page of
 * ours: after a redirect the browser would still count the way as cross-site, and keep a strict cookie back.
 */
function letIn(request: IncomingMessage, response: ServerResponse, cookie: string) {
  const headers = { ...securityHeaders, 'set-cookie': cookie, 'cache-control': 'no-store' }
  if (request.headers['sec-fetch-site'] !== 'cross-site') response.writeHead(303, { ...headers, location: '/' }).end()
  else
    response
      .writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' })
      .end(
        '<!doctype html><html lang="en"><meta http-equiv="refresh" content="0; url=/"><title>Roundhouse</title><a href="/">Open Roundhouse</a>',
      )
}

/** Who may have what: by session cookie, by control key, by the name and origin the request carries. */
function createGuards({ sessions, controlKey }: WebServerDeps, place: Place) {
  return {
    hasSession: (request: IncomingMessage) => sessions.isOpen(cookieOf(request, place.cookieName)),
    hasKey(request: IncomingMessage) {
      const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
      return given !== undefined && sameSecret(given, controlKey)
    },
    hostIsOurs: (request: IncomingMessage) => place.hosts.has((request.headers.host ?? '').toLowerCase()),
    originIsOurs: ({ headers }: IncomingMessage) =>
      headers.origin !== undefined && place.hosts.has(headers.origin.replace(/^http:\/\//, '')),
  }
}
type Guards = ReturnType<typeof createGuards>

const mayConnect = (request: IncomingMessage, { hostIsOurs, originIsOurs, hasKey, hasSession }: Guards): boolean =>
  hostIsOurs(request) && request.url === '/rpc' && (hasKey(request) || (originIsOurs(request) && hasSession(request)))

type Upgrade = { request: IncomingMessage; socket: Duplex; head: Buffer; isAllowed: boolean }

/** Opens the socket to whoever may have it. */
function upgrade(sockets: WebSocketServer, { request, socket, head, isAllowed }: Upgrade, serve: WebServerDeps['serve']) {
  // Node has taken its own listener off by now, and an error that nobody hears would end the host.
  socket.on('error', () => socket.destroy())
  if (!isAllowed) {
    // Destroyed and not only ended: who keeps its side open would hold up the end of the server.
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n', () => socket.destroy())
    return
  }
  sockets.handleUpgrade(request, socket, head, webSocket => {
    webSocket.on('error', () => webSocket.terminate())
    serve(webSocket)
  })
}

const notOpened =
  'This page opens by a one-time link. Type `npm run -s roundhouse -- serve` in the folder of Roundhouse: it prints a new link to the running host.'

function listen(server: ReturnType<typeof createServer>, { hostname, port }: WebServerDeps) {
  return new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Failure('port-taken', `Port ${port} is taken by another program.`, { cause: error }) : error)
    })
    server.listen(port, hostname, () => resolve((server.address() as AddressInfo).port))
  })
}

function cookieOf(request: IncomingMessage, cookieName: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=')
    if (name === cookieName) return value
  }
  return undefined
}

function refuse(response: ServerResponse, status: number, sentence: string) {
  response
    .writeHead(status, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${sentence}\n`)
}

function sendJson(response: ServerResponse, value: unknown) {
  response
    .writeHead(200, { ...securityHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(value))
}
