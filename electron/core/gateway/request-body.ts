import { isUtf8 } from 'node:buffer'
import type { Endpoint } from './admission'
import type { Refusal } from './answer'
import { hasImages } from './images'
import { scanJson } from './json-scan'
import { promptLength } from './prompt-length'

/** A body that may go to a runtime. `withModel` gives its bytes with another model name and nothing else changed. */
export type RequestBody = {
  model: string
  stream: boolean
  /** Characters to be read. */ promptLength: number
  hasImages: boolean
  withModel(name: string): Buffer
}

type Rule = { field: string; holds(value: unknown): boolean; wanted: string }

const isCount = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
const isText = (value: unknown): value is string => typeof value === 'string'
const isTokenLimit = (value: unknown) => isCount(value, -1, Number.MAX_SAFE_INTEGER)

/** What may be left out but must be right when it is there. By hand and not by schema: it is on every request's way. */
const optional: readonly Rule[] = [
  { field: 'stream', holds: value => typeof value === 'boolean', wanted: 'true or false' },
  { field: 'n', holds: value => isCount(value, 1, 8), wanted: 'a whole number from 1 to 8' },
  {
    field: 'stop',
    holds: value => isText(value) || (Array.isArray(value) && value.length <= 16 && value.every(isText)),
    wanted: 'a text or up to 16 of them',
  },
  { field: 'max_tokens', holds: isTokenLimit, wanted: 'a whole number' },
  { field: 'max_completion_tokens', holds: isTokenLimit, wanted: 'a whole number' },
]
const required: Partial<Record<Endpoint, Rule>> = {
  'chat/completions': { field: 'messages', holds: value => Array.isArray(value) && value.length > 0, wanted: 'a list of messages' },
  completions: { field: 'prompt', holds: isThere, wanted: 'given' },
  embeddings: { field: 'input', holds: isThere, wanted: 'given' },
}

/**
 * Fields through which servers were attacked: code in templates, raw tensors, arguments of processors (vLLM's security advisories
 * on GitHub); those that name files or repositories to load beside the model (mlx_lm/server.py, SGLang's protocol.py); and those that
 * name another server to fetch from (vLLM's and SGLang's disaggregated prefill).
 */
const refusedFields = [
  ...['chat_template', 'prompt_embeds', 'mm_processor_kwargs', 'n_discard', 'adapters', 'draft_model'],
  ...['lora_path', 'custom_logit_processor', 'kv_transfer_params', 'bootstrap_host'],
]
/** `chat_template_kwargs` switches thinking on and off, which is wanted; these two of its fields are an attack. */
const refusedTemplateFields = ['chat_template', 'tokenize']

/** Reads the body of a request, once. `depth` is the deepest nesting allowed. */
export function parseBody(bytes: Buffer, endpoint: Endpoint, depth: number): RequestBody | { refusal: Refusal } {
  const parsed = jsonOf(bytes)
  if (!isRecord(parsed)) return bad('invalid_json', 'The body is not a JSON object in UTF-8.')
  const { model } = parsed
  if (!isText(model) || model === '') return bad('invalid_value', 'model: must be the name of a model', 'model')
  const broken =
    optional.find(rule => isThere(parsed[rule.field]) && !rule.holds(parsed[rule.field])) ?? brokenRequirement(parsed, endpoint)
  if (broken) return bad('invalid_value', `${broken.field}: must be ${broken.wanted}`, broken.field)
  const scan = scanJson(bytes, 'model')
  const span = scan.values[0]
  if (scan.depth > depth) return bad('too_deep', `The body nests deeper than ${depth} levels.`)
  if (scan.values.length !== 1 || !span) return bad('invalid_value', 'model: is given more than once', 'model')
  const dangerous = dangerIn(parsed)
  if (dangerous) return bad('field_not_allowed', `${dangerous}: is not allowed here`, dangerous)
  return {
    model,
    stream: parsed['stream'] === true,
    promptLength: promptLength(parsed),
    hasImages: hasImages(parsed),
    withModel: name =>
      name === model ? bytes : Buffer.concat([bytes.subarray(0, span.start), Buffer.from(JSON.stringify(name)), bytes.subarray(span.end)]),
  }
}

function brokenRequirement(body: Readonly<Record<string, unknown>>, endpoint: Endpoint): Rule | null {
  const rule = required[endpoint]
  return rule && !rule.holds(body[rule.field]) ? rule : null
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function bad(code: string, message: string, param?: string): { refusal: Refusal } {
  return { refusal: { status: 400, code, message, ...(param === undefined ? {} : { param }) } }
}

function jsonOf(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Name of a field that must not reach a runtime; null when there is none. */
function dangerIn(body: Readonly<Record<string, unknown>>): string | null {
  const field = refusedFields.find(name => body[name] !== undefined && body[name] !== null)
  if (field) return field
  const template = body['chat_template_kwargs']
  if (isRecord(template)) {
    const inner = refusedTemplateFields.find(name => name in template)
    if (inner) return `chat_template_kwargs.${inner}`
  }
  return remoteMediaIn(body['messages'])
}

/** Parts whose value may be an address by itself; all others hold it under `url`. */
const bareMedia = /^(?:image|video|audio)$|_url$/

/** A picture, video or sound by address would make the runtime fetch it from inside this machine's network; only embedded ones pass. */
function remoteMediaIn(messages: unknown): string | null {
  if (!Array.isArray(messages)) return null
  for (const message of messages) {
    if (!isRecord(message) || !Array.isArray(message['content'])) continue
    for (const part of message['content']) {
      const found = isRecord(part) ? Object.entries(part).find(isRemote) : undefined
      if (found) return `messages.${found[0]}`
    }
  }
  return null
}

function isRemote([name, value]: [string, unknown]): boolean {
  const address = isRecord(value) ? value['url'] : bareMedia.test(name) ? value : undefined
  return typeof address === 'string' && !address.startsWith('data:')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
