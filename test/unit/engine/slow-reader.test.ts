import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { takenOrGone } from '../../../electron/engine/answer'

test('a slow reader is waited for again and again without listeners piling up', async () => {
  const chunk = Buffer.alloc(256 * 1024)
  const waited = Promise.withResolvers<number>()
  async function stream(response: ServerResponse) {
    const before = response.listenerCount('close')
    let waits = 0
    while (waits < 30) {
      if (response.write(chunk)) continue
      waits += 1
      await takenOrGone(response)
    }
    response.end()
    waited.resolve(response.listenerCount('close') + response.listenerCount('drain') + response.listenerCount('error') - before)
  }
  const server = createServer((_request, response) => void stream(response)).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const reading = new Promise<IncomingMessage>(resolve => get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve))
  const reader = await reading
  reader.on('data', () => {
    reader.pause()
    setImmediate(() => reader.resume())
  })
  expect(await waited.promise).toBeLessThanOrEqual(2)
  reader.destroy()
  await new Promise(resolve => server.close(resolve))
})
