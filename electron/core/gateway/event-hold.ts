const nothing = Buffer.alloc(0)

/** Above this an unfinished event passes as it is, so that memory stays bounded. */
const heldBytes = 256 * 1024

export type EventHold = {
  /** What may pass now: whole events; the start of one that is unfinished waits for its rest. */
  pass(chunk: Buffer): Buffer
  /** What was still waiting. */
  rest(): Buffer
}

/**
 * Lets a server-sent event pass only when it is whole. Runtimes write whole events, so nothing waits as a rule; but when one dies within an
 * event, the client gets our error event after the last whole one, and not half a JSON document.
 */
export function createEventHold(): EventHold {
  let held: Buffer = nothing
  return {
    pass(chunk) {
      if (held.length === 0 && endsEvent(chunk)) return chunk
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const end = all.length > heldBytes ? all.length : lastEventEnd(all)
      held = all.subarray(end)
      return all.subarray(0, end)
    },
    rest() {
      const rest = held
      held = nothing
      return rest
    },
  }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** True when the bytes end with an empty line: `\n\n`, `\r\n\r\n` or `\r\r`. */
function endsEvent(bytes: Buffer): boolean {
  const length = bytes.length
  const last = bytes[length - 1]
  if (last === carriageReturn) return bytes[length - 2] === carriageReturn
  if (last !== lineFeed) return false
  return bytes[length - 2] === lineFeed || (bytes[length - 2] === carriageReturn && bytes[length - 3] === lineFeed)
}

/** Index behind the last empty line, 0 when there is none. */
function lastEventEnd(bytes: Buffer): number {
  const feeds = bytes.lastIndexOf('\n\n')
  const pairs = bytes.lastIndexOf('\n\r\n')
  const returns = bytes.lastIndexOf('\r\r')
  return Math.max(feeds < 0 ? 0 : feeds + 2, pairs < 0 ? 0 : pairs + 3, returns < 0 ? 0 : returns + 2)
}
