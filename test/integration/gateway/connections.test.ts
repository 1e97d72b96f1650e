import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { chat, key, rawRequest, ready, startGateway, until } from './setup'
import { startUpstream } from '../../fixtures/upstream'
import { status, strictGateway } from './strict-gateway'

const running = strictGateway()

describe('connections', () => {
  const head = (more = '') =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n${more}`

  test('who sends its head or its body drop by drop is let go', async () => {
    const began = performance.now()
    const [slowHead, slowBody] = await Promise.all([
      rawRequest(running.started.port, 'GET /v1/models HTTP/1.1\r\nHost', 5_000),
      rawRequest(running.started.port, `${head('Content-Length: 100\r\n')}\r\n{"model"`, 5_000),
    ])
    expect([status(slowHead), status(slowBody)]).toEqual([408, 408])
    expect(performance.now() - began).toBeLessThan(2_500)
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two ways to give the length', `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, 400],
    ['headers without end', `X-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused before it is a request', async (_, more, expected) => {
    expect(status(await rawRequest(running.started.port, more.startsWith('hello') ? more : head(more)))).toBe(expected)
    expect(running.upstream.seen).toEqual([])
  })

  test('above the cap connections are refused, the ones that are there go on', async () => {
    const sockets = Array.from({ length: 60 }, () => connect(running.started.port, '127.0.0.1').on('error', () => undefined))
    const open = () => sockets.filter(socket => !socket.closed && socket.readyState === 'open').length
    await until(() => sockets.every(socket => !socket.connecting))
    await until(() => open() <= 24)
    expect(open()).toBeGreaterThan(0)
    for (const socket of sockets) socket.destroy()
    await until(() => sockets.every(socket => socket.closed))
    await new Promise(resolve => setTimeout(resolve, 50))
    expect((await fetch(`${running.started.origin}/health`)).status).toBe(200)
  })
})

test('too many requests at once are 429, and closing waits for those that run', async () => {
  const slow = await startUpstream({ tokens: ['a', 'b', 'c'], delayMs: 100 })
  const busy = await startGateway({ 'org/name': ready(slow.address) }, { limits: { inFlight: 2 } })
  const running = [chat(busy.origin), chat(busy.origin)]
  await until(() => slow.seen.length === 2)
  const third = await chat(busy.origin)
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1'])
  const closed = busy.gateway.close({ graceMs: 5_000 })
  for (const response of await Promise.all(running)) expect(await response.text()).toContain('[DONE]')
  await closed
  await expect(fetch(`${busy.origin}/health`)).rejects.toThrow()
  await slow.close()
})
