import type { ApiFeature } from '../../../electron/core/runtimes/api-facts'
import { must } from './rows'
import { chat, finishOf, firstChoice, messageOf, parse, post, recordOf, stream, textOf, usageOf, type Answer, type Talk } from './talk'

/** How a feature was provided, and what was seen of it. */
export type Seen = { support: 'native' | 'ignored' | 'refused'; detail?: string }
export type FeatureCheck = (talk: Talk) => Promise<Seen>

const native = (detail?: string): Seen => ({ support: 'native', ...(detail === undefined ? {} : { detail }) })

const prompt = 'Write one paragraph about how a steam locomotive works.'

/** A refusal counts as one only when it says why in words. */
function refusalIn(answer: Answer): Seen | null {
  if (answer.status < 400) return null
  const message = messageOf(answer)
  must(message !== null && message.length > 5, `status ${answer.status} without a message: ${answer.text.slice(0, 120)}`)
  must(answer.status !== 500 || !/panic|traceback/i.test(message), `it fell over: ${message.slice(0, 160)}`)
  return { support: 'refused', detail: `${answer.status}: ${message.slice(0, 160)}` }
}

/** One check per feature that a client may ask for; each throws when what came is neither the feature nor a clear refusal. */
export const featureChecks: Readonly<Partial<Record<ApiFeature, FeatureCheck>>> = {
  async 'list-models'(talk) {
    const reply = await fetch(`${talk.address}/models`, { headers: { authorization: `Bearer ${talk.key}` } })
    const { data } = (await reply.json()) as { data?: { id?: string }[] }
    must(data?.some(each => each.id === talk.model) ?? false, `${talk.model} is not in the list`)
    return native()
  },

  async chat(talk) {
    const answer = await chat(talk, prompt, { max_tokens: 24 })
    const refused = refusalIn(answer)
    if (refused) return refused
    must(textOf(answer).trim() !== '', 'the answer is empty')
    must(Number(usageOf(answer, 'prompt_tokens')) > 0, 'the prompt tokens are not counted')
    return native(`${Math.round(answer.ms)} ms for 24 tokens`)
  },

  async 'stream-usage'(talk) {
    const seen = await stream(talk, { messages: [{ role: 'user', content: prompt }], max_tokens: 24 })
    must(seen.status === 200 && seen.text !== '', `status ${seen.status}, ${seen.error ?? 'no text'}`)
    must(seen.done && !seen.broken, 'the stream ended without [DONE]')
    must(seen.finish === 'length' || seen.finish === 'stop', `finish reason ${seen.finish ?? 'missing'}`)
    must(Number(seen.usage?.['completion_tokens']) > 0, 'no usage came')
    return native(`first token after ${Math.round(seen.ttftMs ?? 0)} ms`)
  },

  async completions(talk) {
    const answer = await post(talk, '/completions', { prompt: 'The capital of France is', max_tokens: 8, temperature: 0 })
    const refused = refusalIn(answer)
    if (refused) return refused
    must(textOf(answer).trim() !== '', 'the answer is empty')
    return native()
  },

  async 'stop-sequences'(talk) {
    const whole = textOf(await chat(talk, prompt, { max_tokens: 32 }))
    const words = whole.trim().split(/\s+/)
    const stop = words[Math.floor(words.length / 2)] ?? ''
    must(words.length >= 6, `too few words to stop at: ${whole}`)
    const answer = await chat(talk, prompt, { max_tokens: 32, stop: [` ${stop}`] })
    const refused = refusalIn(answer)
    if (refused) return refused
    const text = textOf(answer)
    if (text === whole) return { support: 'ignored' }
    must(!text.includes(` ${stop}`) && whole.startsWith(text.trimEnd()), `with stop "${stop}" came: ${text}`)
    must(finishOf(answer) === 'stop', `finish reason ${String(finishOf(answer))}`)
    return native()
  },

  async 'max-tokens'(talk) {
    const answer = await chat(talk, prompt, { max_tokens: 5 })
    const refused = refusalIn(answer)
    if (refused) return refused
    const tokens = usageOf(answer, 'completion_tokens')
    must(tokens === 5, `${String(tokens)} tokens for max_tokens 5`)
    must(finishOf(answer) === 'length', `finish reason ${String(finishOf(answer))}`)
    return native()
  },

  async seed(talk) {
    // The same prompt once before, so that all three find it in the cache: the first pass may round differently.
    await chat(talk, prompt, { max_tokens: 1 })
    const ask = async (seed: number) => textOf(await chat(talk, prompt, { max_tokens: 24, temperature: 1, seed }))
    const [one, again, other] = [await ask(42), await ask(42), await ask(4711)]
    if (one !== again) return { support: 'ignored', detail: 'the same seed gave two answers' }
    must(one !== other, 'two seeds gave the same answer at temperature 1')
    return native()
  },

  async 'json-schema'(talk) {
    const schema = {
      ...{ type: 'object', required: ['colour', 'sure'], additionalProperties: false },
      properties: { colour: { type: 'string', enum: ['red', 'green', 'blue'] }, sure: { type: 'boolean' } },
    }
    const answer = await chat(talk, 'Which colour is grass? Answer in JSON.', {
      max_tokens: 80,
      response_format: { type: 'json_schema', json_schema: { name: 'colour', strict: true, schema } },
    })
    const refused = refusalIn(answer)
    if (refused) return refused
    const text = textOf(answer)
    const value = recordOf(parse(text))
    const fits = ['red', 'green', 'blue'].includes(String(value['colour'])) && typeof value['sure'] === 'boolean'
    return fits ? native() : { support: 'ignored', detail: `came: ${text.slice(0, 80)}` }
  },

  async tools(talk) {
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const answer = await chat(talk, 'What is the weather in Paris? Use the tool.', {
      ...{ max_tokens: 120, tool_choice: 'required' },
      tools: [{ type: 'function', function: { name: 'weather', description: 'Weather of a city', parameters } }],
    })
    const refused = refusalIn(answer)
    if (refused) return refused
    const calls = recordOf(firstChoice(answer.body)['message'])['tool_calls']
    if (!Array.isArray(calls) || calls.length === 0) return { support: 'ignored', detail: 'text came instead of a call' }
    const called = recordOf(recordOf(calls[0])['function'])
    must(called['name'] === 'weather', `it called ${String(called['name'])}`)
    must(typeof recordOf(parse(String(called['arguments'])))['city'] === 'string', `with ${String(called['arguments'])}`)
    return native(`called weather(${String(called['arguments'])})`)
  },

  async logprobs(talk) {
    const answer = await chat(talk, prompt, { max_tokens: 4, logprobs: true, top_logprobs: 2 })
    const refused = refusalIn(answer)
    if (refused) return refused
    const content = recordOf(firstChoice(answer.body)['logprobs'])['content']
    if (!Array.isArray(content) || content.length === 0) return { support: 'ignored', detail: 'the answer has none' }
    const first = recordOf(content[0])
    must(typeof first['logprob'] === 'number' && first['logprob'] <= 0, `logprob ${String(first['logprob'])}`)
    must(Array.isArray(first['top_logprobs']) && first['top_logprobs'].length === 2, 'not the two alternatives that were asked for')
    return native()
  },

  async embeddings(talk) {
    const answer = await post(talk, '/embeddings', { input: 'steam' })
    const refused = refusalIn(answer)
    if (refused) return refused
    const data = answer.body['data']
    const vector = recordOf(Array.isArray(data) ? data[0] : undefined)['embedding']
    must(Array.isArray(vector) && vector.length > 0, `no vector in ${answer.text.slice(0, 120)}`)
    return native(`${vector.length} dimensions`)
  },
}
