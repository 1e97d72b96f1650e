/** What a slot is to the queue: something that remembers tokens it has read. */
export type Remembering<Token> = { contextTokens: readonly Token[] }

/** A shared beginning shorter than this share of the prompt does not decide: the slot used longest ago is better overwritten. */
const worthKeeping = 0.1

export type Slot<Sequence> = { index: number; sequence: Sequence; usedAt: number }

export type Slots<Token, Sequence> = {
  /** Waits in line for a free slot; the one that remembers the longest beginning of `tokens` is given. */
  acquire(tokens: readonly Token[], signal: AbortSignal): Promise<Slot<Sequence>>
  release(slot: Slot<Sequence>): void
  count(): { total: number; busy: number; waiting: number }
}

type Waiting<Token, Sequence> = { tokens: readonly Token[]; give(slot: Slot<Sequence>): void }

/** Hands out the sequences of one context, first come first served. */
export function createSlots<Token, Sequence extends Remembering<Token>>(sequences: readonly Sequence[]): Slots<Token, Sequence> {
  let uses = 0
  const free = new Set(sequences.map((sequence, index): Slot<Sequence> => ({ index, sequence, usedAt: 0 })))
  const queue: Waiting<Token, Sequence>[] = []

  const takeBest = (tokens: readonly Token[]): Slot<Sequence> | null => {
    let best: { slot: Slot<Sequence>; shared: number } | null = null
    for (const slot of free) {
      const length = sharedLength(slot.sequence.contextTokens, tokens)
      const shared = length < tokens.length * worthKeeping ? 0 : length
      if (!best || shared > best.shared || (shared === best.shared && slot.usedAt < best.slot.usedAt)) best = { slot, shared }
    }
    if (best) free.delete(best.slot)
    return best?.slot ?? null
  }

  return {
    async acquire(tokens, signal) {
      signal.throwIfAborted()
      const now = takeBest(tokens)
      if (now) return now
      return await new Promise((resolve, reject) => {
        const waiting: Waiting<Token, Sequence> = {
          tokens,
          give: slot => {
            signal.removeEventListener('abort', leave)
            resolve(slot)
          },
        }
        const leave = () => {
          queue.splice(queue.indexOf(waiting), 1)
          reject(abortReason(signal))
        }
        queue.push(waiting)
        signal.addEventListener('abort', leave, { once: true })
      })
    },
    release(slot) {
      slot.usedAt = ++uses
      free.add(slot)
      const next = queue.shift()
      if (!next) return
      const best = takeBest(next.tokens)
      if (best) next.give(best)
    },
    count: () => ({ total: sequences.length, busy: sequences.length - free.size, waiting: queue.length }),
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('the request was aborted')
}

function sharedLength<Token>(left: readonly Token[], right: readonly Token[]): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) if (left[index] !== right[index]) return index
  return length
}
