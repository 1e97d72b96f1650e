import type { Refusal } from './answer'

/**
 * An upstream's error answer as ours. Its own words are kept; a body that is no OpenAI error (HTML, a bare string, nothing) gets the shape.
 * That the runtime refuses our key is our fault and not the client's, so it becomes 502, as does a redirect.
 */
export function refusalOfUpstream(status: number, body: string, retryAfter: string | undefined): Refusal {
  const said = errorIn(body)
  if (status === 401 || status === 403 || status < 400) {
    return { status: 502, code: 'upstream_refused', message: `The runtime did not accept the request of Roundhouse (${status}).` }
  }
  const message = said.message ?? `The runtime answered ${status} without saying why.`
  const headers = status === 503 || status === 429 ? { 'retry-after': retryAfter ?? '2' } : {}
  return { status, code: said.code ?? 'upstream_error', message, headers, ...(said.param === undefined ? {} : { param: said.param }) }
}

function errorIn(body: string): { message?: string; code?: string; param?: string } {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return {}
  }
  const error = fieldOf(parsed, 'error') ?? fieldOf(parsed, 'detail') ?? parsed
  if (typeof error === 'string') return { message: error }
  const message = fieldOf(error, 'message')
  const code = fieldOf(error, 'code')
  const type = fieldOf(error, 'type')
  const param = fieldOf(error, 'param')
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(codeOf(code, type, message) ?? {}),
    ...(typeof param === 'string' ? { param } : {}),
  }
}

/** How servers that have no name for it say that a prompt is too long. */
const tooLong = /maximum context length is \d+ tokens|longer than the model's context length|exceeds? the (?:maximum )?context length/i

/** A word rather than the status repeated; a prompt that is too long has the name that OpenAI's clients know. */
function codeOf(code: unknown, type: unknown, message: unknown): { code: string } | null {
  const isTooLong = typeof message === 'string' && tooLong.test(message)
  if (type === 'exceed_context_size_error' || isTooLong) return { code: 'context_length_exceeded' }
  if (typeof code === 'string') return { code }
  return typeof type === 'string' ? { code: type } : null
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
