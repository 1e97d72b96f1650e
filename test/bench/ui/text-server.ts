import { createServer, type ServerResponse } from 'node:http'
import * as z from 'zod'

// A process of its own: a server with the manners of a runtime that writes `plain` or `markdown` at a fixed rate. Says its port, ends with its parent.
const bodySchema = z.object({ model: z.string().default('plain'), max_tokens: z.int().default(1), stream: z.boolean().default(false) })
const tokensPerSecond = Number(process.argv[2] ?? 200)

const sentence = 'The engines stand around one turntable and each of them answers in words of its own while the others wait. '
const section = `## Engines and tables\n\n${sentence}\n\n- **first** of all\n- \`second\` of them\n- [third](https://example.invalid/)\n\n| engine | tok/s |\n| --- | ---: |\n| one | 120 |\n| two | 98 |\n\n\`\`\`ts\nexport const answer = (question: string): number => question.length * 42\nfor (const each of ['a', 'b']) console.log(answer(each))\n\`\`\`\n\n${sentence}\n\n`
const wordsOf = (text: string) => text.match(/\S+\s*|\s+/g) ?? []
const texts: Record<string, string[]> = { plain: wordsOf(`${sentence.repeat(5)}\n\n`), markdown: wordsOf(section) }

const event = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`
const chunk = (delta: object, finish: string | null = null) =>
  event({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => answer(request.url ?? '', Buffer.concat(parts).toString('utf8'), response))
})

function answer(url: string, body: string, response: ServerResponse) {
  if (url.endsWith('/models')) {
    json(response, { object: 'list', data: ['plain', 'markdown'].map(id => ({ id, object: 'model', created: 1, owned_by: 'bench' })) })
    return
  }
  const { model, max_tokens: count, stream } = bodySchema.parse(body === '' ? {} : JSON.parse(body))
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    json(response, { id: 'c', object: 'chat.completion', created: 1, model, choices, usage })
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  write(response, texts[model] ?? texts.plain ?? [], count)
}

function json(response: ServerResponse, body: unknown) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** One write a token, against the plan and not the last token, so that delays do not add up. */
function write(response: ServerResponse, words: readonly string[], count: number) {
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((performance.now() - began) * tokensPerSecond) / 1000))
    for (; sent < due; sent += 1) response.write(chunk({ content: words[sent % words.length] }))
    if (response.destroyed || sent >= count) {
      clearInterval(timer)
      response.end(
        `${chunk({}, 'stop')}${event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: sent, total_tokens: sent + 5 } })}data: [DONE]\n\n`,
      )
    }
  }, 4)
}

server.listen(0, '127.0.0.1', () => {
  const bound = server.address()
  process.send?.(typeof bound === 'object' && bound ? bound.port : 0)
})
process.once('disconnect', () => process.exit(0))
