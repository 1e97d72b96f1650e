import type { ChatHistoryItem, ChatWrapper, LlamaModel, LlamaText, Token } from 'node-llama-cpp'
import { badRequest } from './api-error'
import type { Message } from './requests'

/**
 * The model's own Jinja template as the file carries it, so that prompts are the ones it was trained on; for a file without
 * one, or with one that cannot be rendered, what node-llama-cpp knows about the family.
 */
export async function resolveTemplate(model: LlamaModel, log: (line: string) => void): Promise<ChatWrapper> {
  const { JinjaTemplateChatWrapper, resolveChatWrapper } = await import('node-llama-cpp')
  const template = model.fileInfo.metadata.tokenizer.chat_template
  if (typeof template === 'string' && template !== '') {
    try {
      return new JinjaTemplateChatWrapper({
        template,
        // Null leaves thinking to the template's own default.
        reasoning: null,
        joinAdjacentMessagesOfTheSameType: false,
        trimLeadingWhitespaceInResponses: false,
        tokenizer: model.tokenizer,
      })
    } catch (error) {
      log(`warn: the chat template of the file cannot be used: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`)
    }
  }
  return resolveChatWrapper(model, { warningLogs: false, noJinja: true })
}

export type Prompt = {
  tokens: Token[]
  /** Texts and tokens after which the template ends an answer. */
  stopTexts: string[]
  stopTokens: Set<Token>
  /** Whether the answer begins inside a thought. */
  reasoning: 'inside' | 'may-open' | 'none'
}

/** Messages as tokens. What people wrote is never read as a control token; only what the template adds is. */
export function promptFromMessages(model: LlamaModel, template: ChatWrapper, messages: readonly Message[]): Prompt {
  const { contextText, stopGenerationTriggers } = render(template, messages)
  const firstTokens = stopGenerationTriggers.flatMap(trigger => trigger.tokenize(model.tokenizer).slice(0, 1))
  const thinks = template.settings.segments?.thought !== undefined
  return {
    tokens: withBeginning(model, contextText.tokenize(model.tokenizer)),
    stopTexts: stopGenerationTriggers.filter(isPlain).map(trigger => trigger.toString()),
    // A trigger such as `<|im_end|>\n` begins with the token that ends the turn, and that one is enough.
    stopTokens: new Set(firstTokens.filter(token => model.isSpecialToken(token))),
    reasoning: !thinks ? 'none' : /<think>\s*$/.test(contextText.toString()) ? 'inside' : 'may-open',
  }
}

/** A bare text, in which control tokens may be written out, as in llama.cpp's server. */
export function promptFromText(model: LlamaModel, text: string): Prompt {
  return { tokens: withBeginning(model, model.tokenize(text, true)), stopTexts: [], stopTokens: new Set(), reasoning: 'none' }
}

const isPlain = (text: LlamaText) => text.values.length > 0 && text.values.every(value => typeof value === 'string')

function render(template: ChatWrapper, messages: readonly Message[]) {
  const history = messages.map(toHistory)
  // An assistant message at the end is an answer to go on with; otherwise a new, empty one is begun.
  if (history.at(-1)?.type !== 'model') history.push({ type: 'model', response: [] })
  try {
    return template.generateContextState({ chatHistory: history })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw badRequest(`the chat template of this model refuses these messages: ${why}`, 'messages')
  }
}

function toHistory({ role, text }: Message): ChatHistoryItem {
  if (role === 'assistant') return { type: 'model', response: [text] }
  return { type: role, text }
}

function withBeginning(model: LlamaModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens
  const begun = shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
  if (begun.length > 0) return begun
  if (bos !== null) return [bos]
  throw badRequest('the prompt is empty')
}
