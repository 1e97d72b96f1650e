import type { IncomingMessage, ServerResponse } from 'node:http'

/** An error answer as OpenAI's clients expect it. */
export type Refusal = {
  status: number
  message: string
  code: string
  param?: string
  headers?: Readonly<Record<string, string>>
}

const typeByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
}

/** The JSON text of an error: `{"error": {message, type, param, code}}`. */
export function errorText(refusal: Refusal): string {
  const type = typeByStatus[refusal.status] ?? (refusal.status >= 500 ? 'server_error' : 'invalid_request_error')
  return JSON.stringify({ error: { message: refusal.message, type, param: refusal.param ?? null, code: refusal.code } })
}

export function answerJson(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
  answerJson(response, refusal.status, errorText(refusal))
}

/** How long and how much of a body that nobody wants is still read, so that its sender gets to see the answer. */
const lingerMs = 2_000
const lingerBytes = 64 * 1024 * 1024

/**
 * Refuses a request whose body is still being sent: closing at once would reset the connection and lose the answer, so the rest is read and
 * dropped, within bounds.
 */
export function refuseWhileSending(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (request.complete) {
    refuse(response, refusal)
    return
  }
  const text = errorText(refusal)
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  response.write(text)
  let dropped = 0
  const finish = () => {
    clearTimeout(timer)
    request.removeAllListeners('data')
    response.end()
  }
  const timer = setTimeout(finish, lingerMs)
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length
    if (dropped > lingerBytes) finish()
  })
  request.once('end', finish)
  request.once('close', finish)
}
