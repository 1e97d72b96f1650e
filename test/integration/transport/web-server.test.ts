import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startWebServer, type WebServer, type WebServerDeps } from '../../../electron/transport/web-server'
import { createWebSessions, type WebSessions } from '../../../electron/transport/web-session'

const controlKey = 'control-key-of-this-test'
let folder: string
let server: WebServer
let sessions: WebSessions
let nowMs = 0

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roundhouse-web-'))
  const rendererFolder = join(folder, 'renderer')
  mkdirSync(rendererFolder)
  writeFileSync(join(rendererFolder, 'index.html'), '<title>Roundhouse</title>')
  writeFileSync(join(folder, 'secret.txt'), 'not for the window')
  sessions = createWebSessions(() => nowMs)
  server = await start({ rendererFolder })
})

const start = (change: Partial<WebServerDeps>) =>
  startWebServer({
    hostname: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    sessions,
    controlKey,
    serve: socket => {
      socket.on('message', data => socket.send(data as Buffer))
    },
    ...change,
  })

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Reply = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

/** A bare request, so that Host, Origin and path go out exactly as given. */
function ask(path: string, headers: Record<string, string> = {}, { method = 'GET', port = server.port } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function sessionCookie() {
  const opened = await ask(`/open/${sessions.newLink()}`)
  return String(opened.headers['set-cookie']).split(';')[0] ?? ''
}

function socketOpens(headers: Record<string, string>) {
  return new Promise<boolean>(resolve => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

test('a one-time link opens a session once, and the page then comes with its policy', async () => {
  const token = sessions.newLink()
  const first = await ask(`/open/${token}`)
  expect(first.status).toBe(303)
  expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict; Path=\//)
  expect((await ask(`/open/${token}`)).status).toBe(403)

  const page = await ask('/', { cookie: String(first.headers['set-cookie']).split(';')[0] ?? '' })
  expect(page).toMatchObject({ status: 200, body: '<title>Roundhouse</title>' })
  expect(page.headers['content-security-policy']).toContain("script-src 'self'")
})

test('a link that was clicked in a page from elsewhere leads to the window by a page of ours', async () => {
  const opened = await ask(`/open/${sessions.newLink()}`, { 'sec-fetch-site': 'cross-site' })
  expect(opened).toMatchObject({ status: 200, body: expect.stringContaining('http-equiv="refresh" content="0; url=/"') as string })
  expect((await ask('/', { cookie: String(opened.headers['set-cookie']).split(';')[0] ?? '' })).status).toBe(200)
})

test('a link is too old after ten minutes', async () => {
  const token = sessions.newLink()
  nowMs += 10 * 60_000 + 1
  expect((await ask(`/open/${token}`)).status).toBe(403)
})

test('without a session nothing is shown, and another Host gets nothing at all', async () => {
  expect((await ask('/')).status).toBe(401)
  expect((await ask('/', { host: 'evil.example' })).status).toBe(421)
  expect((await ask('/', { cookie: await sessionCookie(), host: `127.0.0.1.evil.example:${server.port}` })).status).toBe(421)
})

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/a/%2e%2e/%2e%2e/secret.txt', '/%00', '/%'])(
  'a path cannot leave the folder: %s',
  async path => {
    const reply = await ask(path, { cookie: await sessionCookie() })
    expect(reply.status).toBe(404)
    expect(reply.body).not.toContain('not for the window')
  },
)

test('a socket opens with cookie and own Origin, or with the key; not from another page', async () => {
  const cookie = await sessionCookie()
  const origin = `http://127.0.0.1:${server.port}`
  expect(await socketOpens({ cookie, origin })).toBe(true)
  expect(await socketOpens({ authorization: `Bearer ${controlKey}` })).toBe(true)
  expect(await socketOpens({ cookie, origin: 'http://evil.example' })).toBe(false)
  expect(await socketOpens({ cookie })).toBe(false)
  expect(await socketOpens({ origin })).toBe(false)
  expect(await socketOpens({ authorization: 'Bearer wrong' })).toBe(false)
})

test('only who has the key gets a new link', async () => {
  expect((await ask('/link', {}, { method: 'POST' })).status).toBe(401)
  const reply = await ask('/link', { authorization: `Bearer ${controlKey}` }, { method: 'POST' })
  const { token } = JSON.parse(reply.body) as { token: string }
  expect((await ask(`/open/${token}`)).status).toBe(303)
})

test('a host without pages says so in place of a link that leads nowhere', async () => {
  const bare = await start({})
  expect((await ask('/link', { authorization: `Bearer ${controlKey}` }, { method: 'POST', port: bare.port })).status).toBe(409)
  await bare.close()
})

/** Asks for a socket as a page from elsewhere would, byte by byte. */
function strangerAsks(allowHalfOpen: boolean) {
  const socket = connect({ host: '127.0.0.1', port: server.port, allowHalfOpen })
  socket.on('error', () => undefined)
  socket.write(
    `GET /rpc HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: http://evil.example\r\n\r\n`,
  )
  return socket
}

test('a stranger who resets the connection while being refused does not end the host', async () => {
  for (let round = 0; round < 20; round += 1) {
    const socket = strangerAsks(false)
    await new Promise(resolve => socket.once('connect', resolve))
    await new Promise(resolve => setTimeout(resolve, round % 4))
    socket.resetAndDestroy()
  }
  // An error that nobody hears would have failed this test by now.
  expect((await ask('/')).status).toBe(401)
})

test('a stranger who was refused and keeps the connection open does not hold up the end', async () => {
  const socket = strangerAsks(true)
  const answer = await new Promise<string>(resolve => socket.once('data', data => resolve(data.toString())))
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  const other = await start({})
  await server.close()
  socket.destroy()
  server = other
}, 3_000)

test('two hosts on one machine do not take each other’s session', async () => {
  const otherSessions = createWebSessions(() => nowMs)
  const other = await start({ sessions: otherSessions, rendererFolder: join(folder, 'renderer') })
  const mine = await sessionCookie()
  const opened = await ask(`/open/${otherSessions.newLink()}`, {}, { port: other.port })
  const theirs = String(opened.headers['set-cookie']).split(';')[0] ?? ''
  // A browser sends both to both: cookies know no ports.
  const jar = new Map([mine, theirs].map(cookie => cookie.split('=', 2) as [string, string]))
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  expect((await ask('/', { cookie })).status).toBe(200)
  expect((await ask('/', { cookie }, { port: other.port })).status).toBe(200)
  await other.close()
})

test('a socket that gives no sign of life is ended, one that does stays', async () => {
  const beating = await start({ heartbeatMs: 60 })
  const open = (autoPong: boolean) => {
    const headers = { authorization: `Bearer ${controlKey}` }
    const socket = new WebSocket(`ws://127.0.0.1:${beating.port}/rpc`, { headers, autoPong })
    return { socket, closed: new Promise<string>(resolve => socket.once('close', () => resolve('closed'))) }
  }
  const [deaf, alive] = [open(false), open(true)]
  expect(await deaf.closed).toBe('closed')
  expect(await Promise.race([alive.closed, new Promise(resolve => setTimeout(() => resolve('open'), 300))])).toBe('open')
  alive.socket.terminate()
  await beating.close()
}, 5_000)
