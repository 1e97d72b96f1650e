import { createServer, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { tokenMark } from './protocol'

const bodySchema = z.object({ max_tokens: z.int().min(1), seed: z.int().min(0) })

const chunk = (fields: string) =>
  Buffer.from(
    `data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1766000000,"model":"synth","system_fingerprint":"synthetic",${fields}}\n\n`,
  )
// Two texts in turn: some gateways take endless repetition for a fault.
const tokens = ['', 'B'].map(letter => chunk(`"choices":[{"index":0,"delta":{${tokenMark}${letter}"},"finish_reason":null}]`))

/** A server with the manners of a runtime and no model: `max_tokens` chunks, `seed` milliseconds apart, one write each, then usage and `[DONE]`. */
export const createSyntheticUpstream = () =>
  createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = bodySchema.parse(JSON.parse(Buffer.concat(parts).toString('utf8')))
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      send(response, body.max_tokens, body.seed)
    })
  })

function send(response: ServerResponse, count: number, delayMs: number) {
  const beganMs = performance.now()
  let sent = 0
  const next = () => {
    if (response.destroyed) return
    do {
      response.write(tokens[sent % 2])
      sent += 1
    } while (sent < count && delayMs === 0 && !response.writableNeedDrain)
    if (sent === count) {
      response.write(chunk(`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]`))
      response.end(
        Buffer.concat([
          chunk(`"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":${count},"total_tokens":${count + 5}}`),
          Buffer.from('data: [DONE]\n\n'),
        ]),
      )
    } else if (delayMs > 0) {
      // Against the plan and not the last token, so that delays do not add up.
      setTimeout(next, Math.max(0, beganMs + sent * delayMs - performance.now()))
    } else {
      response.once('drain', next)
    }
  }
  next()
}
