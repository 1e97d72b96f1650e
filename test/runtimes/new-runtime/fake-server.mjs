// A fake runtime, named as one: a real program with a real HTTP server that computes nothing. It looks the engine test's known
// answers up in a file and says them word by word; to anything else it says that it is a fake.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values: flags } = parseArgs({
  options: {
    ...{ version: { type: 'boolean' }, help: { type: 'boolean' } },
    ...{ model: text, name: text, port: text, context: text, answers: text },
  },
})
if (flags.version) {
  process.stdout.write('brand-new 1.2.3\n')
  process.exit(0)
}
if (flags.help) {
  process.stdout.write('--model FILE\n--name NAME\n--port PORT\n--context TOKENS\n--answers FILE\n')
  process.exit(0)
}

const known = new Map(JSON.parse(readFileSync(flags.answers, 'utf8')).golden.map(each => [each.question, each.answer]))
const magic = readFileSync(flags.model).subarray(0, 4).toString()
if (magic !== 'GGUF') {
  process.stderr.write(`error: ${flags.model} is no GGUF\n`)
  process.exit(3)
}
process.stderr.write('all 5 layers are on nothing: this is a fake\n')

const wordsOf = question => (known.get(question) ?? 'I am a fake.').split(/(?<= )/)

async function answer(request, response) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  const { messages, prompt, stream, max_tokens: most = 256, stream_options: options } = JSON.parse(body)
  const words = wordsOf(messages ? messages.at(-1).content : prompt).slice(0, most)
  const usage = { prompt_tokens: 4, completion_tokens: words.length, total_tokens: words.length + 4 }
  const head = { id: 'fake', model: flags.name }
  if (!stream) {
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content: words.join('') }
    return response.end(
      JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, finish_reason: 'stop', message }], usage }),
    )
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = chunk => response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk })}\n\n`)
  for (const word of words) {
    send({ choices: [{ index: 0, finish_reason: null, delta: { content: word } }] })
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  send({ choices: [{ index: 0, finish_reason: 'stop', delta: {} }] })
  if (options?.include_usage) send({ choices: [], usage })
  return response.end('data: [DONE]\n\n')
}

createServer((request, response) => {
  if (request.headers.authorization !== `Bearer ${process.env.BRAND_NEW_KEY}`) return void response.writeHead(401).end('{}')
  if (request.url === '/v1/models')
    return void response.end(JSON.stringify({ object: 'list', data: [{ id: flags.name, object: 'model' }] }))
  if (request.url === '/v1/chat/completions') return void answer(request, response).catch(() => response.destroy())
  return void response.writeHead(404).end('{}')
}).listen(Number(flags.port), '127.0.0.1', () => process.stderr.write(`listening on ${flags.port}\n`))
