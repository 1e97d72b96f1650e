import { isUtf8 } from 'node:buffer'
import * as z from 'zod'
import type { Endpoint } from './admission'
import type { Refusal } from './answer'
import { scanJson } from './json-scan'

/** A body that may go to a runtime. `withModel` gives its bytes with another model name and nothing else changed. */
export type RequestBody = { model: string; stream: boolean; withModel(name: string): Buffer }

const bodySchema = z.looseObject({
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  n: z.int().min(1).max(8).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  max_tokens: z.int().min(-1).nullish(),
  max_completion_tokens: z.int().min(-1).nullish(),
})
const required: Partial<Record<Endpoint, z.ZodType>> = {
  'chat/completions': z.looseObject({ messages: z.array(z.unknown()).min(1) }),
  completions: z.looseObject({ prompt: z.unknown().refine(prompt => prompt !== undefined && prompt !== null, 'is missing') }),
  embeddings: z.looseObject({ input: z.unknown().refine(input => input !== undefined && input !== null, 'is missing') }),
}

/** Fields through which servers were attacked: code in templates, raw tensors, arguments of processors (vLLM's security advisories on GitHub). */
const refusedFields = ['chat_template', 'prompt_embeds', 'mm_processor_kwargs', 'n_discard']
/** `chat_template_kwargs` switches thinking on and off, which is wanted; these two of its fields are an attack. */
const refusedTemplateFields = ['chat_template', 'tokenize']

/** Reads the body of a request, once. `depth` is the deepest nesting allowed. */
export function parseBody(bytes: Buffer, endpoint: Endpoint, depth: number): RequestBody | { refusal: Refusal } {
  const parsed = jsonOf(bytes)
  if (!isRecord(parsed)) return bad('invalid_json', 'The body is not a JSON object in UTF-8.')
  const checked = bodySchema.safeParse(parsed)
  if (!checked.success) return badField(checked.error)
  const needed = required[endpoint]?.safeParse(parsed)
  if (needed?.error) return badField(needed.error)
  const scan = scanJson(bytes, 'model')
  const span = scan.values[0]
  if (scan.depth > depth) return bad('too_deep', `The body nests deeper than ${depth} levels.`)
  if (scan.values.length !== 1 || !span) return bad('invalid_value', 'model: is given more than once', 'model')
  const dangerous = dangerIn(checked.data)
  if (dangerous) return bad('field_not_allowed', `${dangerous}: is not allowed here`, dangerous)
  const { model, stream } = checked.data
  return {
    model,
    stream: stream === true,
    withModel: name =>
      name === model ? bytes : Buffer.concat([bytes.subarray(0, span.start), Buffer.from(JSON.stringify(name)), bytes.subarray(span.end)]),
  }
}

function badField(error: z.ZodError): { refusal: Refusal } {
  const issue = error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  return bad('invalid_value', `${field}: ${issue?.message ?? 'is wrong'}`, field)
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
  return remoteImageIn(body['messages'])
}

/** An image by address would make the runtime fetch it from inside this machine's network; only embedded ones pass. */
function remoteImageIn(messages: unknown): string | null {
  if (!Array.isArray(messages)) return null
  for (const message of messages) {
    if (!isRecord(message) || !Array.isArray(message['content'])) continue
    for (const part of message['content']) {
      if (!isRecord(part)) continue
      const image = part['image_url']
      const address = isRecord(image) ? image['url'] : image
      if (typeof address === 'string' && !address.startsWith('data:')) return 'messages.image_url'
    }
  }
  return null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
