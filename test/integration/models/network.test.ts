import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createFetch } from '../../../electron/core/models/network'
import { startFileServer } from './file-server'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A real HTTP proxy that forwards everything to one server and remembers what it was asked for. */
async function startProxy(port: number) {
  const asked: string[] = []
  const server = createServer((incoming, answer) => {
    asked.push(incoming.url ?? '')
    const { pathname } = new URL(incoming.url ?? '', 'http://proxy.invalid')
    request({ host: '127.0.0.1', port, path: pathname, agent: false }, upstream => {
      answer.writeHead(upstream.statusCode ?? 502, upstream.headers)
      upstream.pipe(answer)
    }).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

it("goes through the environment's proxy, except to this machine and to what no_proxy names", async () => {
  const server = await startFileServer({ '/file': { body: Buffer.from('content') } })
  closers.push(server.close)
  const port = Number(new URL(server.address).port)
  const proxy = await startProxy(port)
  const fetch = createFetch({ HTTP_PROXY: proxy.address, no_proxy: 'inside.invalid' })
  const response = await fetch('http://hub.invalid/file')
  expect(await response.text()).toBe('content')
  expect(proxy.asked).toEqual(['http://hub.invalid/file'])
  expect(await (await fetch(`${server.address}/file`)).text()).toBe('content')
  await expect(fetch('http://inside.invalid/file')).rejects.toThrow()
  expect(proxy.asked).toEqual(['http://hub.invalid/file'])
})
