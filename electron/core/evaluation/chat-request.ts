import type { Pane, Sampling, Turn } from '../../contract/compare'

export type ChatMessage = { role: 'system' | 'user' | 'assistant'; content: string }

/** An engine test was trained on a few hundred tokens; a longer history would only push its question out. */
const engineTestHistoryCharacters = 1_200

/**
 * What a pane is asked: its system prompt, the earlier turns with its own answers, and the new prompt. A turn that it has not answered is left
 * out, since templates want question and answer in turn. For an engine test only the last turn is kept, and only when it is short.
 */
export function messagesFor(pane: Pane, turns: readonly Turn[], ask: { prompt: string; engineTest: boolean }): ChatMessage[] {
  const answered = turns.flatMap(turn => {
    const answer = turn.generations.find(each => each.paneId === pane.id)?.text ?? ''
    return answer === '' ? [] : [{ prompt: turn.prompt, answer }]
  })
  const kept = ask.engineTest
    ? answered.slice(-1).filter(({ prompt, answer }) => prompt.length + answer.length <= engineTestHistoryCharacters)
    : answered
  const system = pane.sampling.systemPrompt
  return [
    ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
    ...kept.flatMap(({ prompt, answer }) => [
      { role: 'user' as const, content: prompt },
      { role: 'assistant' as const, content: answer },
    ]),
    { role: 'user' as const, content: ask.prompt },
  ]
}

/**
 * The body with the usage so far in each chunk as well, where the server gives it: vLLM and SGLang do (`continuous_usage_stats` of their
 * StreamOptions, https://docs.vllm.ai), and so does the built-in engine; the others we start pass over it. A server that somebody else
 * runs may refuse what it does not know, so it is only asked for what the API itself has.
 */
export function withUsageAlong(body: Record<string, unknown>): Record<string, unknown> {
  return { ...body, stream_options: { include_usage: true, continuous_usage_stats: true } }
}

/** Body of `POST /v1/chat/completions`, with usage at the end of the stream. */
export function chatBody(route: string, sampling: Sampling, messages: readonly ChatMessage[]): Record<string, unknown> {
  return {
    model: route,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    ...(sampling.seed === null ? {} : { seed: sampling.seed }),
  }
}
