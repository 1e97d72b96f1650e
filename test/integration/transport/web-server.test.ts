import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startWebServer, type WebServer } from '../../../electron/transport/web-server'
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
  server = await startWebServer({
    hostname: '127.0.0.1',
    port: 0,
    rendererFolder,
    sessions,
    controlKey,
    serve: socket => {
      socket.on('message', data => socket.send(data as Buffer))
    },
  })
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Reply = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

/** A bare request, so that Host, Origin and path go out exactly as given. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, path, method, headers }, response => {
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
  expect((await ask('/link', {}, 'POST')).status).toBe(401)
  const reply = await ask('/link', { authorization: `Bearer ${controlKey}` }, 'POST')
  const { token } = JSON.parse(reply.body) as { token: string }
  expect((await ask(`/open/${token}`)).status).toBe(303)
})
