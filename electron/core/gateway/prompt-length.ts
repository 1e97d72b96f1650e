import type { Refusal } from './answer'

/** Characters of one token beyond which no ordinary text goes: English has 4 to 5, and 8 only where words repeat. */
const charactersMost = 8

/** Characters of what a request asks to be read: contents of its messages, or its prompt. Pictures do not count. */
export function promptLength(body: Readonly<Record<string, unknown>>): number {
  const messages = Array.isArray(body['messages']) ? body['messages'] : []
  const contents: unknown[] = messages.map((message: unknown) => fieldOf(message, 'content'))
  return [...contents, body['prompt']].reduce<number>((sum, each) => sum + lengthOf(each), 0)
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (!Array.isArray(value)) return 0
  return value.reduce<number>((sum, part) => sum + lengthOf(typeof part === 'string' ? part : fieldOf(part, 'text')), 0)
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/**
 * Refusal of a prompt that is surely longer than the context, for runtimes that would compute it for as long as the memory
 * lasts; null when it may fit. Nothing is cut and no tokens are counted: what is only a little too long passes.
 */
export function refusalOfLength(characters: number, contextTokens: number | null | undefined): Refusal | null {
  if (!contextTokens || characters <= contextTokens * charactersMost) return null
  const message = `The prompt has ${characters} characters, more than the context of ${contextTokens} tokens can hold.`
  return { status: 400, code: 'context_length_exceeded', message, param: 'messages' }
}
