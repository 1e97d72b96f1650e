import type { Server } from 'node:http'
import { Failure } from '../../contract/failure'

const attempts = 32

/**
 * Binds the servers to the wanted port or the next free one, by trying: asking first and binding later leaves a gap for others.
 * @param servers the first is bound to `host`; a second one, if any, to IPv6's loopback under the same port, where the machine has IPv6.
 * @returns the port, and a sentence when it is not the wanted one.
 * @throws Failure `port-taken` when none can be bound.
 */
export async function bind(servers: readonly Server[], { host, port }: { host: string; port: number }) {
  for (let candidate = port; candidate < Math.min(port + attempts, 65_536); candidate += 1) {
    const bound = await bindAll(servers, host, port === 0 ? 0 : candidate)
    if (bound === null) continue
    const note = port === 0 || bound === port ? null : `Port ${port} is taken by another program, so ${bound} is used.`
    return { port: bound, note }
  }
  throw new Failure('port-taken', `No port from ${port} to ${port + attempts - 1} is free on ${host}.`)
}

async function bindAll(servers: readonly Server[], host: string, port: number): Promise<number | null> {
  const [first, second] = servers
  if (!first || (await listen(first, host, port)) !== 'bound') return null
  const address = first.address()
  const bound = typeof address === 'object' && address ? address.port : port
  if (second && (await listen(second, '::1', bound)) === 'taken') {
    // Another program would get what is sent to `localhost`.
    await new Promise(resolve => first.close(resolve))
    return null
  }
  return bound
}

function listen(server: Server, host: string, port: number): Promise<'bound' | 'taken' | 'no-such-address'> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off('listening', onListening)
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve('taken')
      else if (host === '::1') resolve('no-such-address')
      else reject(error)
    }
    const onListening = () => {
      server.off('error', onError)
      resolve('bound')
    }
    server.once('error', onError)
    server.once('listening', onListening)
    server.listen({ host, port, exclusive: true })
  })
}
