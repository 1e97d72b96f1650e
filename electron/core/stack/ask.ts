import type { Dispatcher } from 'undici'
import { Failure } from '../../contract/failure'
import type { GenerationStats } from '../../contract/compare'
import { ask as askChat } from '../evaluation/ask'
import type { Clock } from '../lib/clock'
import type { Upstream } from '../supervisor/supervisor.types'

export type Question = { prompt: string; maxTokens: number; signal: AbortSignal }
export type AskMeans = { dispatcher: Dispatcher; clock: Clock }

/**
 * Asks an instance directly, greedily and streamed: the proof of a load must not depend on the gateway.
 * @throws Failure `upstream-failed` when the answer did not come to its end.
 */
export async function ask(upstream: Upstream, question: Question, means: AskMeans): Promise<{ text: string; stats: GenerationStats }> {
  let text = ''
  const answer = await askChat({
    ...means,
    address: `${upstream.address}/v1`,
    key: upstream.headers.authorization?.replace(/^Bearer /, '') ?? '',
    signal: question.signal,
    body: {
      model: upstream.upstreamModel,
      messages: [{ role: 'user', content: question.prompt }],
      temperature: 0,
      max_tokens: question.maxTokens,
      stream: true,
      stream_options: { include_usage: true },
    },
    onHead: () => undefined,
    onPiece(piece) {
      text += piece.text
    },
  })
  question.signal.throwIfAborted()
  if (answer.kind !== 'done') throw new Failure('upstream-failed', answer.error ?? 'The answer was stopped.')
  return { text, stats: answer.stats }
}
