import type { Instance } from '../../../electron/contract/instance'
import { until, type App } from './app'
import { must, type Finding } from './rows'
import { chat, messageOf, post, recordOf, stream, textOf, type Talk } from './talk'

export type Subjected = { app: App; talk: Talk; instance: Instance }
export type BehaviourCheck = (subject: Subjected) => Promise<Finding>

const story = { messages: [{ role: 'user', content: 'Tell a very long story about a steam locomotive and its driver.' }] }

/** How a running instance behaves behind the gateway where it is treated badly, or by many at once. */
export const behaviourChecks: Readonly<Record<string, BehaviourCheck>> = {
  /** When every slot was left by its client, the next question must not wait for their answers. */
  async abort({ app, talk, instance }) {
    const slots = instance.slots ?? 1
    const before = await chat(talk, 'Hi', { max_tokens: 4 })
    const leaving = Array.from({ length: Math.max(slots, 1) }, async () => {
      const abort = new AbortController()
      await stream(talk, { ...story, max_tokens: 1_500 }, { signal: abort.signal, onPiece: () => abort.abort() })
    })
    await Promise.all(leaving)
    await until(() => app.core.gateway.inFlight(instance.id) === 0, 'the gateway still counts requests that were left')
    const after = await chat(talk, 'Hi', { max_tokens: 4 })
    must(after.status === 200, `status ${after.status} after the abort`)
    const limit = before.ms * 6 + 3_000
    must(after.ms < limit, `the next answer took ${Math.round(after.ms)} ms, ${Math.round(before.ms)} ms before: it went on for nobody`)
    return `next answer after ${Math.round(after.ms)} ms`
  },

  /** A prompt beyond the context is refused or cut; it must not hang, fall over or end the instance. */
  async 'context-overflow'({ talk, instance }) {
    const context = instance.contextTokens ?? 2048
    const prompt = 'The steam engine moved the wagon along the line. '.repeat(Math.ceil(context / 6))
    const answer = await chat(talk, prompt, { max_tokens: 8 })
    const again = await chat(talk, 'Hi', { max_tokens: 2 })
    must(again.status === 200, `the next question was answered ${again.status}`)
    if (answer.status === 200) {
      const used = Number(recordOf(answer.body['usage'])['prompt_tokens'])
      must(used <= context, `it counts ${used} tokens of prompt in a context of ${context}`)
      return { why: `cuts the prompt to ${used} of ${context} tokens without a word`, seen: 'ignored' }
    }
    const message = messageOf(answer)
    must(answer.status < 500 && message !== null, `status ${answer.status}: ${answer.text.slice(0, 160)}`)
    return { why: `${answer.status}: ${message.slice(0, 120)}`, seen: 'refused' }
  },

  async 'unknown-model'({ talk }) {
    const answer = await post({ ...talk, model: 'nobody/has-this' }, '/chat/completions', story)
    must(answer.status === 404, `status ${answer.status}`)
    const message = messageOf(answer) ?? ''
    must(message.includes(talk.model), `the answer does not name what there is: ${message}`)
    return { seen: 'gateway' }
  },

  async 'bad-json'({ talk }) {
    const answer = await post(talk, '/chat/completions', `{"model": ${JSON.stringify(talk.model)}, "messages": [`)
    must(answer.status === 400 && messageOf(answer) !== null, `status ${answer.status}`)
    const missing = await post(talk, '/chat/completions', {})
    must(missing.status === 400 && messageOf(missing) !== null, `without messages status ${missing.status}`)
    return { seen: 'gateway' }
  },

  async parallel({ talk }) {
    const began = performance.now()
    const words = ['red', 'blue', 'green', 'white', 'black', 'brown']
    const answers = await Promise.all(words.map(word => chat(talk, `Write a sentence about the colour ${word}.`, { max_tokens: 16 })))
    for (const answer of answers) must(textOf(answer).trim() !== '', 'an answer is empty')
    return `${words.length} at once in ${Math.round(performance.now() - began)} ms`
  },
}
