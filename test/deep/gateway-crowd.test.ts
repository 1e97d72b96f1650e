import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { startUpstream } from '../fixtures/upstream'
import { chat, key, ready, startGateway, until } from '../integration/gateway/setup'

const letters = Array.from({ length: 200 }, (_, index) => `w${index} `)

test(
  '500 requests of which every third leaves early: nothing hangs, every abort reaches the runtime, the rest are whole',
  { timeout: 120_000 },
  async () => {
    const upstream = await startUpstream({ tokens: letters.slice(0, 40), delayMs: 4 })
    const started = await startGateway({ 'org/name': ready(upstream.address) })
    let whole = 0
    const one = async (index: number) => {
      const abort = new AbortController()
      if (index % 3 === 0) setTimeout(() => abort.abort(), 5 + (index % 50))
      try {
        const text = await (await chat(started.origin, {}, { signal: abort.signal })).text()
        if (text.endsWith('data: [DONE]\n\n')) whole += 1
      } catch (error) {
        expect(index % 3).toBe(0)
        expect(error).toMatchObject({ name: 'AbortError' })
      }
    }
    for (let start = 0; start < 500; start += 50) await Promise.all(Array.from({ length: 50 }, (_, index) => one(start + index)))
    await until(() => upstream.active() === 0 && started.gateway.inFlight() === 0)
    expect(whole).toBeGreaterThanOrEqual(333)
    expect(started.records.filter(record => record.outcome === 'done')).toHaveLength(whole)
    expect(started.gateway.inFlight('llama-cpp-1')).toBe(0)
    await started.close()
    await upstream.close()
  },
)

test('2,000 connections: those above the cap are refused, an existing stream goes on in time', { timeout: 120_000 }, async () => {
  const upstream = await startUpstream({ tokens: letters, delayMs: 10 })
  const started = await startGateway({ 'org/name': ready(upstream.address) })
  const stream = chat(started.origin)
  const sockets: Socket[] = []
  const crowd = (async () => {
    for (let index = 0; index < 2_000; index += 1) {
      sockets.push(connect(started.port, '127.0.0.1').on('error', () => undefined))
      if (index % 50 === 0) await new Promise(resolve => setTimeout(resolve, 5))
    }
  })()
  const gapsMs: number[] = []
  let lastMs: number | null = null
  for await (const _ of (await stream).body ?? []) {
    if (lastMs !== null) gapsMs.push(performance.now() - lastMs)
    lastMs = performance.now()
  }
  await crowd
  expect(Math.max(...gapsMs)).toBeLessThan(500)
  await until(() => sockets.filter(socket => socket.readyState === 'open').length <= 512, 5_000)
  for (const socket of sockets) socket.destroy()
  await until(() => sockets.every(socket => socket.closed), 5_000)
  await started.close()
  await upstream.close()
})

test('a body of 300 MB without a length is refused with flat memory', { timeout: 120_000 }, async () => {
  const upstream = await startUpstream({ tokens: ['x'] })
  const started = await startGateway({ 'org/name': ready(upstream.address) })
  const before = process.memoryUsage.rss()
  let most = 0
  const answer = await new Promise<string>(resolve => {
    const socket = connect(started.port, '127.0.0.1')
    const megabyte = `100000\r\n${'x'.repeat(1_048_576)}\r\n`
    let text = ''
    let sent = 0
    const push = () => {
      most = Math.max(most, process.memoryUsage.rss() - before)
      while (sent < 300 && !socket.destroyed) {
        sent += 1
        if (!socket.write(megabyte)) {
          socket.once('drain', push)
          return
        }
      }
    }
    socket.on('data', chunk => (text += chunk.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${started.port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    )
    push()
  })
  expect(answer).toMatch(/^HTTP\/1\.1 413/)
  expect(most / 1024 / 1024).toBeLessThan(200)
  expect(upstream.seen).toEqual([])
  await started.close()
  await upstream.close()
})
