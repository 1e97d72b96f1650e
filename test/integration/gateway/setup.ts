import { connect } from 'node:net'
import * as z from 'zod'
import type { Route } from '../../../electron/contract/gateway'
import { createGateway } from '../../../electron/core/gateway/gateway'
import type { Gateway, GatewayLimits, RequestRecord, Resolution, Upstream } from '../../../electron/core/gateway/gateway.types'
import { createKeys, hashOf } from '../../../electron/core/gateway/keys'

export const key = 'rh-test-key-of-all-routes'
export const narrowKey = 'rh-test-key-of-one-route'

export type TestGateway = {
  gateway: Gateway
  port: number
  /** `http://127.0.0.1:PORT` */
  origin: string
  records: RequestRecord[]
  /** What a route resolves to; may be changed while it runs. */
  table: Map<string, Resolution>
  close(): Promise<void>
}

export type TestGatewayOptions = { limits?: Partial<GatewayLimits>; allowedOrigins?: string[]; port?: number }

export const upstreamOf = (address: string, more: Partial<Upstream> = {}): Upstream => ({
  instanceId: 'llama-cpp-1',
  runtime: 'llama.cpp',
  address,
  headers: { authorization: 'Bearer secret-of-this-start' },
  upstreamModel: 'upstream-name',
  ...more,
})

/** A gateway on a free loopback port whose routes are a map. */
export async function startGateway(routes: Record<string, Resolution>, options: TestGatewayOptions = {}): Promise<TestGateway> {
  const table = new Map(Object.entries(routes))
  const list = (): Route[] =>
    [...table].map(([name, { kind }]) => ({
      name,
      instances: kind === 'ready' ? ['llama-cpp-1'] : [],
      ready: kind === 'ready',
      engineTest: false,
    }))
  const gateway = createGateway({
    port: 0,
    ...options,
    routes: { resolve: model => table.get(model) ?? { kind: 'unknown' }, list },
    keys: createKeys([
      { name: 'local', routes: null, sha256: hashOf(key) },
      { name: 'narrow', routes: ['other/model'], sha256: hashOf(narrowKey) },
    ]),
  })
  const records: RequestRecord[] = []
  gateway.onRequest(record => records.push(record))
  const { port } = await gateway.listen()
  return { gateway, port, origin: `http://127.0.0.1:${port}`, records, table, close: () => gateway.close() }
}

export const ready = (address: string, more: Partial<Upstream> = {}): Resolution => ({ kind: 'ready', upstream: upstreamOf(address, more) })

/** Asks for a chat with the key and a good body, unless told otherwise. */
export function chat(origin: string, body: Record<string, unknown> | string = {}, init: RequestInit = {}): Promise<Response> {
  const whole = { model: 'org/name', stream: true, messages: [{ role: 'user', content: 'hello' }] }
  return fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify({ ...whole, ...body }),
    ...init,
  })
}

/** Sends bytes over a plain socket and returns all that comes back until the other side closes or `forMs` have passed. */
export function rawRequest(port: number, text: string, forMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    const timer = setTimeout(() => socket.destroy(), forMs)
    socket.on('data', chunk => (answer += chunk.toString('latin1')))
    socket.on('error', error => ('code' in error && error.code === 'ECONNRESET' ? undefined : reject(error)))
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
  })
}

/** Polls until it holds; fails after `withinMs`. */
export async function until(holds: () => boolean, withinMs = 2_000): Promise<number> {
  const began = performance.now()
  while (!holds()) {
    if (performance.now() - began > withinMs) throw new Error(`It did not hold within ${withinMs} ms`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  return performance.now() - began
}

const errorSchema = z.object({ error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }) })
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string(), roundhouse: z.object({ ready: z.boolean() }) })) })

/** The error in an answer; fails when it has not OpenAI's shape. */
export const errorOf = async (response: Response) => errorSchema.strict().parse(await response.json()).error

export const modelsOf = async (response: Response) => modelsSchema.parse(await response.json()).data
