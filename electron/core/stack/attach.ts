import { Failure } from '../../contract/failure'
import { startRequestSchema, type Instance } from '../../contract/instance'
import type { Build } from '../../contract/runtime'
import type { LaunchInput } from '../runtimes/runtime'
import { recognise } from './recognise'
import { chooseRoute } from './resolve'
import type { StackDeps } from './stack.types'

type Server = { address: string; key: string | null; model: string | null }

/** Names of the models that an OpenAI-compatible server offers. */
async function modelsOf({ address, key }: Server): Promise<string[]> {
  const url = `${address.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/models`
  let reply: Response
  try {
    reply = await fetch(url, { headers: key ? { authorization: `Bearer ${key}` } : {}, signal: AbortSignal.timeout(5_000) })
  } catch (error) {
    throw new Failure('upstream-failed', `${url} does not answer.`, { cause: error })
  }
  if (reply.status === 401 || reply.status === 403) throw new Failure('unauthorised', `${url} wants another key.`)
  if (!reply.ok) throw new Failure('upstream-failed', `${url} answered ${reply.status}.`)
  const body = (await reply.json().catch(() => null)) as { data?: { id?: unknown }[] } | null
  const names = (body?.data ?? []).flatMap(each => (typeof each.id === 'string' ? [each.id] : []))
  if (names.length === 0) throw new Failure('upstream-failed', `${url} names no model.`)
  return names
}

/** Routes to a server that runs already: which model it serves is asked first, so that a wrong address is told at once. */
export async function attach(deps: StackDeps, server: Server): Promise<Instance> {
  const generic = deps.runtimes.find(each => each.facts.traits.includes('attach-only') && each.facts.formats.length === 0 && each.launch)
  if (!generic) throw new Failure('not-available-here', 'Nothing here can attach to a server.')
  const names = await modelsOf(server)
  const name = server.model ?? names[0] ?? ''
  if (!names.includes(name)) throw new Failure('not-found', `The server has no model named ${name}; it has ${names.join(', ')}.`)
  const runtime = (await recognise(deps.runtimes, server)) ?? generic
  const { host } = new URL(server.address)
  const build: Build = {
    ...{ id: `${runtime.id}@${host}`, runtime: runtime.id, kind: host, title: `${runtime.title} at ${host}`, version: null, variant: null },
    ...{ origin: 'running', path: server.address, backends: [], notes: [] },
  }
  const machine = await deps.machine()
  const request = startRequestSchema.parse({ runtime: runtime.id, build: build.id, model: name })
  const route = chooseRoute(name, host, deps.supervisor.list())
  return deps.supervisor.attach({
    key: `attach ${server.address} ${name}`,
    runtime,
    build,
    model: { id: name, title: name, engineTest: false },
    route,
    request,
    estimate: null,
    speedEstimate: null,
    makeInput: ({ port, folder }): LaunchInput => ({
      ...{ request, build, route, machine, port, folder, key: server.key ?? '' },
      model: { id: name, title: name, path: '', sha256: null, facts: null },
      ...{ contextTokens: 0, slots: 1, threads: 1, gpuLayers: null, kvQuantisation: 'f16' },
    }),
  })
}
