import { createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { ready, startGateway } from './setup'

const listen = (host: string, port = 0) =>
  new Promise<{ server: Server; port: number }>((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address ? address.port : 0 })
    })
  })

test.each(['127.0.0.1', '::1'])('when %s has the port already, the next free one is taken and said', async host => {
  const taken = await listen(host).catch(() => null)
  if (!taken) {
    expect(host).toBe('::1') // a machine without IPv6
    return
  }
  const started = await startGateway({ m: ready('http://127.0.0.1:9') }, { port: taken.port })
  expect(started.port).toBeGreaterThan(taken.port)
  expect(started.gateway.status()).toMatchObject({
    state: 'ready',
    port: started.port,
    portNote: `Port ${taken.port} is taken by another program, so ${started.port} is used.`,
  })
  await started.close()
  taken.server.close()
})

test('the wanted port is taken without a note, also right after it was released', async () => {
  const { server, port } = await listen('127.0.0.1')
  await new Promise(resolve => server.close(resolve))
  for (let turn = 0; turn < 3; turn += 1) {
    const started = await startGateway({}, { port })
    expect(started.gateway.status()).toMatchObject({ port, portNote: null, address: `http://127.0.0.1:${port}/v1` })
    await started.close()
  }
})

test('watchers hear of changes, coalesced', async () => {
  const started = await startGateway({})
  const heard: number[] = []
  const stop = started.gateway.subscribe(status => heard.push(status.routes.length))
  await new Promise(resolve => setTimeout(resolve, 150))
  heard.length = 0
  for (let index = 0; index < 50; index += 1) {
    started.table.set(`route-${index}`, ready('http://127.0.0.1:9'))
    started.gateway.routesChanged()
  }
  await new Promise(resolve => setTimeout(resolve, 250))
  expect(heard).toEqual([50])
  stop()
  await started.close()
})
