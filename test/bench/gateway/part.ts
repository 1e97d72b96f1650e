import { createServer, request as httpRequest, Agent, type Server } from 'node:http'
import { createGateway } from '../../../electron/core/gateway/gateway'
import { createKeys, hashOf } from '../../../electron/core/gateway/keys'
import { runLoad } from './load-client'
import { key, type FromPart, type ToPart } from './protocol'
import { createSyntheticUpstream } from './synthetic-upstream'

/** One process of the benchmark: `upstream`, `ours PORT`, `node-http-pipe PORT` or `client`. */
const [role = '', upstreamPort = ''] = process.argv.slice(2)
const say = (message: FromPart) => process.send?.(message)

const listen = (server: Server) =>
  new Promise<number>(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })

/** The gateway as it ships: key, route table, its own name for the model, metering. */
async function startOurs(): Promise<number> {
  const upstream = {
    instanceId: 'synthetic-1',
    runtime: 'synthetic',
    address: `http://127.0.0.1:${upstreamPort}`,
    headers: {},
    upstreamModel: 'synthetic',
  }
  const gateway = createGateway({
    port: 0,
    routes: {
      resolve: model => (model === 'synth' ? { kind: 'ready', upstream } : { kind: 'unknown' }),
      list: () => [{ name: 'synth', instances: ['synthetic-1'], ready: true, engineTest: false }],
    },
    keys: createKeys([{ name: 'local', routes: null, sha256: hashOf(key) }]),
  })
  return (await gateway.listen()).port
}

/** The plainest proxy that Node can be: no key, no routing, no metering. */
function startPipe(): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming
    const onward = httpRequest({ host: '127.0.0.1', port: upstreamPort, method, path: url, headers, agent }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  return listen(server)
}

process.on('message', (message: ToPart) => {
  if (message.type === 'run') {
    void runLoad(message.load).then(result => say({ type: 'result', result }))
  } else {
    const { user, system } = process.cpuUsage()
    say({ type: 'usage', usage: { cpuSeconds: (user + system) / 1e6, peakRssMiB: process.resourceUsage().maxRSS / 1024 } })
  }
})
process.on('disconnect', () => process.exit(0))

const starts: Record<string, () => Promise<number>> = {
  upstream: () => listen(createSyntheticUpstream()),
  ours: startOurs,
  'node-http-pipe': startPipe,
  client: () => Promise.resolve(0),
}
const start = starts[role]
if (!start) throw new Error(`There is no part ${role}`)
say({ type: 'ready', port: await start() })
