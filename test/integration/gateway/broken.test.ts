import { createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import * as z from 'zod'
import { startUpstream, type Script, type TestUpstream } from '../../fixtures/upstream'
import { chat, errorOf, ready, startGateway, until, type TestGateway, type TestGatewayOptions } from './setup'

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

const chunkSchema = z.object({ choices: z.array(z.object({ delta: z.object({ content: z.string().nullable() }) })) })
const contentOf = (event: string) => chunkSchema.parse(JSON.parse(event.slice(6))).choices[0]?.delta.content

async function open(
  script: Script | Parameters<typeof startUpstream>[0],
  options: TestGatewayOptions = {},
): Promise<TestGateway & { upstream: TestUpstream }> {
  const upstream = await startUpstream(script)
  const started = await startGateway({ 'org/name': ready(upstream.address) }, options)
  opened.push(upstream, started)
  return { ...started, upstream }
}

test.each([
  ['between events', { cutAfter: 3 }],
  ['within an event', { cutAfter: 3, within: true }],
  ['with a polite end', { tokens: ['a', 'b', 'c'], finish: null, usage: null, done: false }],
] satisfies [string, Script][])('an upstream that breaks off %s gives one error event and no [DONE]', async (_, how) => {
  const { origin, records } = await open({ tokens: ['a', 'b', 'c', 'd', 'e', 'f'], ...how })
  const events = (await (await chat(origin)).text()).split('\n\n').filter(Boolean)
  expect(events.slice(0, -1).map(contentOf)).toEqual([null, 'a', 'b', 'c'])
  const last: unknown = JSON.parse(events.at(-1)?.slice(6) ?? '')
  expect(last).toEqual({
    error: {
      message: expect.stringMatching(/^The runtime (broke off|ended its answer)/),
      type: 'server_error',
      param: null,
      code: 'upstream_broke',
    },
  })
  await until(() => records.length === 1)
  expect(records[0]).toMatchObject({ outcome: 'broke', instanceId: 'llama-cpp-1' })
})

test.each([
  ['closes the connection', { refuse: true }, 502, 'upstream_failed'],
  ['refuses our key', { plain: { status: 401, body: '{"error":{"message":"no"}}' } }, 502, 'upstream_refused'],
  ['redirects', { plain: { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } } }, 502, 'upstream_refused'],
  [
    'still loads',
    { plain: { status: 503, body: '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}' } },
    503,
    'unavailable_error',
  ],
  ['fails in HTML', { plain: { status: 500, body: '<html>oh</html>', headers: { 'content-type': 'text/html' } } }, 500, 'upstream_error'],
  ['gives a bare string', { plain: { status: 404, body: '{"error":"no such model"}' } }, 404, 'upstream_error'],
  ['says nothing', { plain: { status: 500, body: '' } }, 500, 'upstream_error'],
  [
    'finds the prompt too long',
    { plain: { status: 400, body: '{"error":{"code":400,"message":"5000 > 4096 tokens","type":"exceed_context_size_error"}}' } },
    400,
    'context_length_exceeded',
  ],
] satisfies [string, Script, number, string][])('an upstream that %s becomes an OpenAI error', async (...row) => {
  const [, script, status, code] = row
  const { origin } = await open(script)
  const response = await chat(origin)
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({ error: { message: expect.stringMatching(/\w/), type: expect.any(String), param: null, code } })
  if (status === 503) expect(response.headers.get('retry-after')).toBe('2')
})

test('when nothing listens any more, the table is asked again: a route that moved loses no request', async () => {
  const { origin, upstream, table, gateway } = await open({ tokens: ['moved'] })
  let asked = 0
  const gone = ready('http://127.0.0.1:9', { instanceId: 'gone-1' })
  table.get = name => (name === 'org/name' && (asked += 1) === 1 ? gone : ready(upstream.address))
  const response = await chat(origin)
  expect(await response.text()).toContain('moved')
  expect(response.headers.get('x-roundhouse-instance')).toBe('llama-cpp-1')
  expect(gateway.inFlight()).toBe(0)
  table.get = () => gone
  const failed = await chat(origin)
  expect([failed.status, (await errorOf(failed)).message]).toEqual([502, 'gone-1 did not answer: nothing listens there.'])
})

/** A server of plain sockets that answers each request by `answer`; counts what it was sent. */
async function plainServer(answer: (socket: Socket) => void) {
  let requests = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', () => {
      requests += 1
      answer(socket)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>(resolve => server.close(() => resolve()))
  }
  opened.push({ close })
  return { address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, requests: () => requests }
}

test.each([
  ['ends', (socket: Socket) => socket.end()],
  ['resets', (socket: Socket) => socket.resetAndDestroy()],
])('a prompt on which a fresh connection %s is not sent a second time', async (_, how) => {
  const { address, requests } = await plainServer(how)
  const started = await startGateway({ 'org/name': ready(address) })
  opened.push(started)
  const failed = await chat(started.origin)
  expect([failed.status, (await errorOf(failed)).message]).toEqual([502, 'llama-cpp-1 did not answer: it broke off before the first byte.'])
  expect(requests()).toBe(1)
})

test('an error answer whose body breaks off is told with its status, and the request is not sent again', async () => {
  const { address, requests } = await plainServer(socket => {
    socket.write('HTTP/1.1 500 Oh\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"error":', () =>
      socket.resetAndDestroy(),
    )
  })
  const started = await startGateway({ 'org/name': ready(address) })
  opened.push(started)
  expect((await chat(started.origin)).status).toBe(500)
  expect(requests()).toBe(1)
  await until(() => started.records.length === 1)
  expect(started.records[0]).toMatchObject({ outcome: 'refused', status: 500 })
})

test('a kept connection that the runtime closes just as we send is no error', async () => {
  const body = '{"choices":[]}'
  let requests = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    let here = 0
    socket
      .on('error', () => undefined)
      .on('data', () => {
        requests += 1
        here += 1
        if (here > 1) socket.destroy()
        else socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const started = await startGateway({ 'org/name': ready(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`) })
  opened.push(started)
  for (let turn = 0; turn < 3; turn += 1) expect((await chat(started.origin, { stream: false })).status).toBe(200)
  expect(requests).toBeGreaterThan(3)
  for (const socket of sockets) socket.destroy()
  server.close()
})
