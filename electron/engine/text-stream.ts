/** U+FFFD: what incomplete UTF-8 decodes to. */
const broken = '\uFFFD'
/** A character has at most 4 bytes; so many tokens without a clean end mean that the model really wrote broken text. */
const heldTokensMax = 12

/**
 * Turns tokens into text without ever giving half a character: text that ends in incomplete UTF-8 is held until the next
 * tokens complete it, and dropped when none come. `detokenize` gives the text of tokens that follow `before`.
 */
export function createTokenDecoder<Token>(detokenize: (tokens: Token[], before: Token[]) => string) {
  let before: Token[] = []
  let pending: Token[] = []
  let given = 0
  let held = 0
  const settle = () => {
    before = [...before, ...pending].slice(-4)
    pending = []
    given = 0
    held = 0
  }
  return {
    push(token: Token): string {
      pending.push(token)
      const text = detokenize(pending, before)
      const whole = held >= heldTokensMax ? text : text.endsWith(broken) ? text.slice(0, -1) : text
      const fresh = whole.slice(given)
      given = Math.max(given, whole.length)
      // Tokens may end within a character again and again while text goes on: only those that gave nothing count.
      held = fresh === '' ? held + 1 : 0
      if (whole.length === text.length) settle()
      return fresh
    },
  }
}

/** Gives text only once it cannot become a stop string any more, and cuts at the first stop string found. */
export function createStopFilter(stops: readonly string[]) {
  let held = ''
  return {
    push(text: string): { text: string; stopped: boolean } {
      held += text
      const found = stops.map(stop => held.indexOf(stop)).filter(index => index >= 0)
      if (found.length > 0) return { text: release(Math.min(...found)), stopped: true }
      const keep = Math.max(0, ...stops.map(stop => overlap(held, stop)))
      return { text: release(held.length - keep), stopped: false }
    },
    end: (): string => release(held.length),
  }

  function release(length: number): string {
    const text = held.slice(0, length)
    held = held.slice(length)
    return text
  }
}

/** Length of the longest end of `text` that begins `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (stop.startsWith(text.slice(-length))) return length
  }
  return 0
}

export type Part = { reasoning: string; content: string }

const opens = '<think>'
const closes = '</think>'

/**
 * Tells thinking from answer. Models that think write `<think>...</think>` first, or begin inside it when their template has
 * opened it (`inside`). Anything else passes as content, untouched.
 */
export function createReasoningSplit(state: 'inside' | 'may-open' | 'none') {
  let mode: 'inside' | 'may-open' | 'after' | 'content' = state === 'none' ? 'content' : state
  let held = ''
  const push = (text: string): Part => {
    if (mode === 'content') return { reasoning: '', content: text }
    held += text
    if (mode === 'may-open') {
      const start = held.trimStart()
      if (start.length < opens.length && opens.startsWith(start)) return { reasoning: '', content: '' }
      mode = start.startsWith(opens) ? 'inside' : 'content'
      if (mode === 'content') return { reasoning: '', content: take(held.length) }
      held = start.slice(opens.length)
    }
    const reasoning = mode === 'inside' ? takeReasoning() : ''
    return { reasoning, content: mode === 'after' ? takeAnswer() : '' }
  }
  return {
    push,
    end: (): Part => (mode === 'inside' ? { reasoning: take(held.length), content: '' } : { reasoning: '', content: take(held.length) }),
  }

  function take(length: number): string {
    const text = held.slice(0, length)
    held = held.slice(length)
    return text
  }

  function takeReasoning(): string {
    const end = held.indexOf(closes)
    if (end < 0) return take(held.length - overlap(held, closes))
    const reasoning = take(end)
    take(closes.length)
    mode = 'after'
    return reasoning
  }

  /** The blank lines between thinking and answer belong to neither. */
  function takeAnswer(): string {
    held = held.trimStart()
    if (held !== '') mode = 'content'
    return take(held.length)
  }
}
