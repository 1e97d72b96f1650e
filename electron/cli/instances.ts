import { Failure } from '../contract/failure'
import type { Instance } from '../contract/instance'
import type { Home } from '../core/lib/home'
import { connect, connectOrFail, connectOrStart, shutDown, withHost, type Client } from './connect'
import { followJob } from './follow-job'
import { print, printJson, remark, table } from './output'

export type UpOptions = { model?: string; runtime?: string; context?: number; json?: boolean }

async function snapshotOf<Event extends { type: string }>(stream: AsyncIterable<Event>): Promise<Event> {
  for await (const event of stream) return event
  throw new Failure('unexpected', 'The host closed the stream before its snapshot.')
}

async function listInstances(client: Client): Promise<Instance[]> {
  const first = await snapshotOf(await client.instances.watch())
  return first.type === 'snapshot' ? first.instances : []
}

async function gatewayAddress(client: Client): Promise<string> {
  for await (const status of await client.gateway.watch()) {
    if (status.state === 'ready' && status.address) return status.address
    if (status.state === 'failed') throw new Failure('unexpected', status.why ?? 'The gateway could not start.')
  }
  throw new Failure('unexpected', 'The gateway ended.')
}

/** Starts what was asked for, or the best that can be started now, and says where it answers. */
export async function up(home: Home, options: UpOptions) {
  const { client, host, close } = await connectOrStart(home)
  const request = await client.instances.choose({
    model: options.model ?? null,
    runtime: options.runtime ?? null,
    contextTokens: options.context ?? null,
  })
  remark(`Starting ${request.model} on ${request.build ?? request.runtime}`)
  const started = await followJob(client, await client.instances.start(request))
  const instances = await listInstances(client)
  const mine = instances.find(each => each.id === started)
  if (!mine) throw new Failure('unexpected', 'The instance ended right after its start.')
  const [address, { key }] = [await gatewayAddress(client), await client.system.key()]
  const running = instances
    .filter(each => each.state.kind === 'ready')
    .map(({ id, runtime, build, model, pid, address: own }) => ({ id, runtime, build, model, pid, address: own }))
  if (options.json) printJson({ address, key, route: mine.route, hostPid: host.pid, instances: running })
  else print(`${mine.modelTitle} answers as ${mine.route}\naddress  ${address}\nkey      ${key}`)
  close()
}

/** Lists the instances of the running host; an empty list when none runs. */
export async function ps(home: Home, options: { json?: boolean }) {
  const connection = await connect(home)
  const instances = connection ? await listInstances(connection.client) : []
  connection?.close()
  if (options.json) {
    printJson(instances)
    return
  }
  if (instances.length === 0) {
    print('Nothing runs. Start something with `up`.')
    return
  }
  const rows = instances.map(each => [
    each.id,
    each.state.kind,
    each.route,
    each.build,
    String(each.pid ?? '-'),
    each.residentMiB === null ? '-' : `${Math.round(each.residentMiB)} MiB`,
    String(each.restarts),
  ])
  print(table(['ID', 'STATE', 'ROUTE', 'BUILD', 'PID', 'MEMORY', 'RESTARTS'], rows))
}

/** Stops one instance, or with `all` every instance and the host. */
export async function stop(home: Home, id: string | undefined, options: { all?: boolean; json?: boolean }) {
  if (!id && !options.all) throw new Failure('bad-input', 'Name an instance (see `ps`), or say --all.')
  const connection = await connect(home)
  const stopped: string[] = []
  if (connection && options.all) {
    stopped.push(...(await listInstances(connection.client)).filter(isLive).map(each => each.id))
    await shutDown(home, connection)
  } else if (id) {
    const { client } = connection ?? (await connectOrFail(home))
    await client.instances.stop({ id })
    stopped.push(id)
  }
  connection?.close()
  if (options.json) {
    printJson({ stopped, host: options.all === true && connection !== null })
    return
  }
  print(stopped.length === 0 ? 'Nothing was running.' : `Stopped ${stopped.join(', ')}.`)
}

const isLive = (instance: Instance) => !['stopped', 'failed'].includes(instance.state.kind)

/** Prints the log of an instance, and with `follow` what comes after. */
export async function logs(home: Home, id: string, options: { follow?: boolean; json?: boolean }) {
  const { client, close } = await connectOrFail(home)
  for await (const event of await client.instances.logs({ id })) {
    if (options.json && !options.follow) {
      printJson(event.lines)
      break
    }
    for (const line of event.lines) print(options.json ? JSON.stringify(line) : `${line.at} ${line.text}`)
    if (!options.follow) break
  }
  close()
}

/** Lists what is in the library and what could be downloaded. */
export async function models(home: Home, options: { json?: boolean }) {
  const { library, offered } = await withHost(home, async client => {
    for await (const snapshot of await client.models.watch()) return snapshot
    throw new Failure('unexpected', 'The host ended.')
  })
  if (options.json) {
    printJson({ library, offered })
    return
  }
  const here = library.map(each => [each.id, `${Math.ceil(each.bytes / 1e6)} MB`, each.state])
  const elsewhere = offered.flatMap(({ model, artifacts }) =>
    artifacts
      .filter(each => each.libraryId === null)
      .map(each => [`${model.id}:${each.id}`, each.fit.text, each.source ?? each.why ?? '-']),
  )
  print(table(['HERE', 'SIZE', 'STATE'], here))
  print(`\n${table(['TO DOWNLOAD', 'FIT', 'FROM'], elsewhere)}`)
}
