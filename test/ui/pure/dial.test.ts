import { createORPCClient } from '@orpc/client'
import type { RouterClient } from '@orpc/server'
import { os } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { expect, onTestFinished, test } from 'vitest'
import { dialByPort } from '../../../renderer/client/dial'

const router = (name: string) => ({ who: os.handler(() => name) })
type Client = RouterClient<ReturnType<typeof router>>

/** A page whose preload answers `roundhouse-ready` with a port to a real oRPC server, as the shell does. */
function pageOfShell() {
  const events = new EventTarget()
  const ready: unknown[] = []
  const give = (name: string, source: unknown = page) => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    new RPCHandler(router(name)).upgrade(port1)
    port1.start()
    events.dispatchEvent(Object.assign(new Event('message'), { data: { type: 'roundhouse-port' }, source, ports: [port2] }))
  }
  const page = {
    addEventListener: events.addEventListener.bind(events),
    postMessage: (message: unknown) => {
      ready.push(message)
      give('first host')
    },
  }
  return { page: page as unknown as Window, ready, give }
}

test('the page says that it is ready and speaks through the port it gets', async () => {
  const { page, ready } = pageOfShell()
  const { link } = await dialByPort(page)()
  expect(ready).toEqual([{ type: 'roundhouse-ready' }])
  const client: Client = createORPCClient(link)
  expect(await client.who()).toBe('first host')
})

test('a further port ends the wire before, and the next dial uses it without asking', async () => {
  const { page, ready, give } = pageOfShell()
  const dial = dialByPort(page)
  const first = await dial()
  give('second host')
  await first.closed
  const { link } = await dial()
  const client: Client = createORPCClient(link)
  expect(await client.who()).toBe('second host')
  expect(ready).toHaveLength(1)
})

test('a port from another window is nobody’s business', async () => {
  const { page, give } = pageOfShell()
  const dial = dialByPort(page)
  give('stranger', {})
  const { link } = await dial()
  const client: Client = createORPCClient(link)
  expect(await client.who()).toBe('first host')
})
