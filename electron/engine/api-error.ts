export type ErrorBody = {
  error: { message: string; type: string; param: string | null; code: string | number | null } & Record<string, unknown>
}

type ErrorFacts = { type: string; param?: string | null; code?: string | number | null; extra?: Record<string, unknown> }

/** An answer other than 200, in the shape that OpenAI's clients read. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, message: string, facts: ErrorFacts) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.body = { error: { message, type: facts.type, param: facts.param ?? null, code: facts.code ?? null, ...facts.extra } }
  }
}

export const badRequest = (message: string, param: string | null = null) =>
  new ApiError(400, message, { type: 'invalid_request_error', param })

/** Same type and numbers as llama.cpp's server gives, so that one reader understands both. */
export const contextExceeded = (promptTokens: number, contextTokens: number) =>
  new ApiError(400, `the prompt has ${promptTokens} tokens and the context of this model is set to ${contextTokens}`, {
    type: 'exceed_context_size_error',
    code: 'context_length_exceeded',
    extra: { n_prompt_tokens: promptTokens, n_ctx: contextTokens },
  })

/** While the weights load; `progress` runs from 0 to 1. */
export const stillLoading = (progress: number) =>
  new ApiError(503, 'Loading model', { type: 'unavailable_error', code: 503, extra: { progress } })
