import * as z from 'zod'
import { badRequest } from './api-error'

/** What the sampler is told. Defaults are those of llama.cpp's server (common_params_sampling), so that both builds answer alike. */
export type Sampling = {
  temperature: number
  topP: number
  topK: number
  minP: number
  /** Null draws a new one for each request. */
  seed: number | null
  repeatPenalty: number
  frequencyPenalty: number
  presencePenalty: number
}

export type Message = { role: 'system' | 'user' | 'assistant'; text: string }

/** A checked request: what to generate, and how to tell it. */
export type EngineRequest = {
  kind: 'chat' | 'completion'
  model: string | null
  messages: readonly Message[]
  prompt: string
  sampling: Sampling
  /** Null goes on until the model ends or the context is full. */
  maxTokens: number | null
  stop: readonly string[]
  stream: boolean
  includeUsage: boolean
  /** Each chunk of a stream says how many tokens there are so far, as in vLLM (https://docs.vllm.ai, StreamOptions). */
  continuousUsage: boolean
  json: boolean
  /** Goes on after the token that ends an answer: answers of a fixed length, for measuring (`ignore_eos` of llama.cpp and vLLM). */
  ignoreEnd: boolean
}

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish()

const commonFields = {
  model: orNull(z.string()),
  temperature: orNull(z.number().min(0)),
  top_p: orNull(z.number().min(0).max(1)),
  top_k: orNull(z.int().min(-1)),
  min_p: orNull(z.number().min(0).max(1)),
  seed: orNull(z.int()),
  repeat_penalty: orNull(z.number().min(0)),
  frequency_penalty: orNull(z.number().min(-2).max(2)),
  presence_penalty: orNull(z.number().min(-2).max(2)),
  max_tokens: orNull(z.int().min(-1)),
  max_completion_tokens: orNull(z.int().min(-1)),
  stop: orNull(z.union([z.string(), z.array(z.string()).max(64)])),
  stream: orNull(z.boolean()),
  stream_options: orNull(z.object({ include_usage: orNull(z.boolean()), continuous_usage_stats: orNull(z.boolean()) })),
  ignore_eos: orNull(z.boolean()),
  n: orNull(z.literal(1, 'only one answer per request is made here')),
}

const textPart = z.object({ type: z.literal('text', 'this engine reads text only'), text: z.string() })
const messageSchema = z.object({
  role: z.enum(
    ['system', 'developer', 'user', 'assistant'],
    'must be system, developer, user or assistant; tool messages are not supported',
  ),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
})

const chatSchema = z.object({
  ...commonFields,
  messages: z.array(messageSchema).min(1),
  logprobs: orNull(z.literal(false, 'log probabilities are not given by this engine')),
  tools: orNull(z.array(z.unknown()).max(0, 'tools are not supported by the built-in engine; llama-server has them')),
  response_format: orNull(z.object({ type: z.enum(['text', 'json_object'], 'must be text or json_object') })),
})

const completionSchema = z.object({
  ...commonFields,
  prompt: z.union([z.string(), z.tuple([z.string()])]),
  logprobs: orNull(z.literal(0, 'log probabilities are not given by this engine')),
  echo: orNull(z.literal(false, 'echo is not supported')),
  suffix: orNull(z.literal('', 'suffix is not supported')),
})

/** Checks the body of /v1/chat/completions; throws an ApiError 400 that names the field. */
export function readChatRequest(body: unknown): EngineRequest {
  const fields = check(chatSchema, body)
  const messages = fields.messages.map(({ role, content }) => ({
    role: role === 'developer' ? ('system' as const) : role,
    text: typeof content === 'string' ? content : (content ?? []).map(part => part.text).join(''),
  }))
  return { ...common(fields), kind: 'chat', messages, prompt: '', json: fields.response_format?.type === 'json_object' }
}

/** Checks the body of /v1/completions. */
export function readCompletionRequest(body: unknown): EngineRequest {
  const fields = check(completionSchema, body)
  const prompt = typeof fields.prompt === 'string' ? fields.prompt : fields.prompt[0]
  return { ...common(fields), kind: 'completion', messages: [], prompt, json: false }
}

function check<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const param = issue?.path.join('.') ?? ''
  throw badRequest(param === '' ? 'the body must be a JSON object' : `'${param}': ${issue?.message ?? 'is not valid'}`, param || null)
}

type CommonFields = z.infer<z.ZodObject<typeof commonFields>>

function common(fields: CommonFields): Omit<EngineRequest, 'kind' | 'messages' | 'prompt' | 'json'> {
  const wanted = fields.max_completion_tokens ?? fields.max_tokens ?? null
  return {
    model: fields.model ?? null,
    sampling: readSampling(fields),
    maxTokens: wanted === null || wanted < 0 ? null : wanted,
    stop: (typeof fields.stop === 'string' ? [fields.stop] : (fields.stop ?? [])).filter(text => text !== ''),
    stream: fields.stream ?? false,
    includeUsage: fields.stream_options?.include_usage ?? false,
    continuousUsage: fields.stream_options?.continuous_usage_stats ?? false,
    ignoreEnd: fields.ignore_eos ?? false,
  }
}

function readSampling(fields: CommonFields): Sampling {
  const seed = fields.seed ?? null
  return {
    temperature: fields.temperature ?? 0.8,
    topP: fields.top_p ?? 0.95,
    topK: Math.max(0, fields.top_k ?? 40),
    minP: fields.min_p ?? 0.05,
    seed: seed === null || seed < 0 ? null : seed,
    repeatPenalty: fields.repeat_penalty ?? 1,
    frequencyPenalty: fields.frequency_penalty ?? 0,
    presencePenalty: fields.presence_penalty ?? 0,
  }
}
