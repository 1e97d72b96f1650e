import type { Refusal } from './answer'
import type { Caller, Keys } from './keys'

export type Endpoint = 'models' | 'model' | 'chat/completions' | 'completions' | 'embeddings' | 'health'

export type Admission = {
  endpoint: Endpoint
  /** Id in `/v1/models/ID`. */
  model: string | null
  caller: Caller | null
}

export type AdmissionRules = {
  keys: Keys
  /** Values of `Host` that are ours, lower case, with port. */
  hosts: ReadonlySet<string>
  origins: ReadonlySet<string>
}

export type RequestHead = { method: string; url: string; rawHeaders: readonly string[] }

/** Everything that is served; all else does not exist, in particular the other doors of a runtime. */
const endpoints: Readonly<Record<string, { endpoint: Endpoint; method: 'GET' | 'POST' }>> = {
  '/health': { endpoint: 'health', method: 'GET' },
  '/v1/models': { endpoint: 'models', method: 'GET' },
  '/v1/chat/completions': { endpoint: 'chat/completions', method: 'POST' },
  '/v1/completions': { endpoint: 'completions', method: 'POST' },
  '/v1/embeddings': { endpoint: 'embeddings', method: 'POST' },
}
const oneModel = /^\/v1\/models\/([^/?#;\\]+(?:\/[^/?#;\\]+)?)$/

/**
 * Whether a request may come in, judged by its head alone: name of the machine (against DNS rebinding), origin (against web pages), path and
 * method, key, content type - in this order, each with its own status.
 */
export function admit(head: RequestHead, rules: AdmissionRules): Admission | { refusal: Refusal } {
  const headers = headersOf(head.rawHeaders)
  const strange = refuseHost(head.url, headers, rules) ?? refuseOrigin(headers, rules)
  if (strange) return { refusal: strange }
  const found = endpointOf(head)
  if ('refusal' in found) return found
  if (found.endpoint === 'health') return { ...found, caller: null }
  const caller = callerOf(headers, rules.keys)
  if (!caller) return { refusal: wrongKey }
  if (head.method === 'POST' && !isJson(headers.get('content-type'))) {
    return { refusal: { status: 415, code: 'unsupported_content_type', message: 'Send the body as content-type: application/json.' } }
  }
  return { ...found, caller }
}

const wrongKey: Refusal = {
  status: 401,
  code: 'invalid_api_key',
  message: 'No key or a wrong one. Send the key that Roundhouse shows in its settings as Authorization: Bearer KEY.',
  headers: { 'www-authenticate': 'Bearer' },
}

/** Names in lower case, every value that was sent under each. */
function headersOf(raw: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    const values = headers.get(name)
    if (values) values.push(value)
    else headers.set(name, [value])
  }
  return headers
}

function refuseHost(url: string, headers: ReadonlyMap<string, string[]>, rules: AdmissionRules): Refusal | null {
  const hosts = headers.get('host') ?? []
  const host = hosts[0]
  if (url.startsWith('/') && hosts.length === 1 && host !== undefined && rules.hosts.has(host.toLowerCase())) return null
  return { status: 421, code: 'wrong_host', message: 'This address is served under its loopback name and port only.' }
}

function refuseOrigin(headers: ReadonlyMap<string, string[]>, rules: AdmissionRules): Refusal | null {
  const origins = headers.get('origin')
  const site = headers.get('sec-fetch-site')?.[0] ?? 'none'
  const passes = origins
    ? origins.length === 1 && origins.every(origin => rules.origins.has(origin))
    : site === 'none' || site === 'same-origin'
  return passes ? null : { status: 403, code: 'origin_not_allowed', message: 'Web pages may not use this address.' }
}

function endpointOf(head: RequestHead): { endpoint: Endpoint; model: string | null } | { refusal: Refusal } {
  const path = head.url.split('?', 1)[0] ?? ''
  const known = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined
  const model = known ? null : modelIn(path)
  const served = known ?? (model === null ? undefined : ({ endpoint: 'model', method: 'GET' } as const))
  if (!served)
    return {
      refusal: { status: 404, code: 'unknown_path', message: `Nothing is served here. There is ${Object.keys(endpoints).join(', ')}.` },
    }
  if (head.method !== served.method) {
    const message = `${path} takes ${served.method}.`
    return { refusal: { status: 405, code: 'method_not_allowed', message, headers: { allow: served.method } } }
  }
  return { endpoint: served.endpoint, model }
}

function modelIn(path: string): string | null {
  const encoded = oneModel.exec(path)?.[1]
  if (encoded === undefined) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}

/** One key in one of three headers; whoever sends several must be right with each. */
function callerOf(headers: ReadonlyMap<string, string[]>, keys: Keys): Caller | null {
  const presented = [
    ...(headers.get('authorization') ?? []).map(value => /^bearer +(\S+)$/i.exec(value.trim())?.[1] ?? ''),
    ...(headers.get('x-api-key') ?? []),
    ...(headers.get('api-key') ?? []),
  ]
  const callers = presented.map(key => keys.check(key))
  const first = callers[0] ?? null
  return callers.every(caller => caller !== null && caller.name === first?.name) ? first : null
}

function isJson(contentTypes: readonly string[] | undefined): boolean {
  return contentTypes?.length === 1 && contentTypes.every(value => /^application\/json\s*(;|$)/i.test(value))
}
