import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import type { Prompt } from './chat-template'
import type { Engine } from './load'
import type { EngineRequest } from './requests'
import { createReasoningSplit, createStopFilter, createTokenDecoder, type Part } from './text-stream'

/** Tokens of a request, of which some of the prompt were known already. */
export type Counted = { promptTokens: number; cachedTokens: number; outputTokens: number }

export type Outcome = Counted & {
  finish: 'stop' | 'length'
  /** From the start of the evaluation to the first token. */
  promptMs: number
  /** From the first token to the last. */
  outputMs: number
  /** Tokens guessed by the draft and found right; null without one. */
  draft: { guessed: number; right: number } | null
}

export type GenerateInput = {
  engine: Engine
  sequence: LlamaContextSequence
  prompt: Prompt
  request: EngineRequest
  contextTokens: number
  signal: AbortSignal
  onFirstToken?: () => void
  /** `soFar` counts the tokens behind all text until now. */
  onText(part: Part, soFar: Counted): void | Promise<void>
}

/** Evaluates the prompt and generates until the model ends, a stop text comes, the limit or the context is reached. */
export async function generate(input: GenerateInput): Promise<Outcome> {
  const { engine, sequence, prompt, request, signal } = input
  const began = performance.now()
  const predictionsBefore = sequence.tokenPredictions
  const cachedTokens = await reuse(sequence, prompt.tokens)
  const last = await readPrompt(input, prompt.tokens.slice(cachedTokens))
  const limit = Math.min(request.maxTokens ?? Infinity, input.contextTokens - prompt.tokens.length)
  let outputTokens = 0
  const soFar = (): Counted => ({ promptTokens: prompt.tokens.length, cachedTokens, outputTokens })
  const text = createTextPipe(input, soFar)
  let firstAt = began
  let lastAt = began
  let finish: Outcome['finish'] = 'length'
  if (limit > 0) {
    const tokens = sequence.evaluate(last, await evaluateOptions(input))
    try {
      for await (const token of tokens) {
        signal.throwIfAborted()
        lastAt = performance.now()
        outputTokens += 1
        if (outputTokens === 1) firstAt = lastAt
        if (outputTokens === 1) input.onFirstToken?.()
        const ends = !request.ignoreEnd && (engine.model.isEogToken(token) || prompt.stopTokens.has(token))
        const ended = ends || (await text.push(token))
        if (ended) finish = 'stop'
        if (ended || outputTokens >= limit) break
      }
    } finally {
      await tokens.return()
    }
  }
  await text.end()
  const { used, refuted, validated } = sequence.tokenPredictions
  return {
    ...soFar(),
    finish,
    promptMs: firstAt - began,
    outputMs: lastAt - firstAt,
    draft: sequence.tokenPredictor
      ? {
          guessed: validated + refuted - predictionsBefore.validated - predictionsBefore.refuted,
          right: used - predictionsBefore.used,
        }
      : null,
  }
}

/** Keeps what the sequence remembers of this prompt and forgets the rest; the last token is always evaluated again. */
async function reuse(sequence: LlamaContextSequence, tokens: readonly Token[]): Promise<number> {
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false)
  return sequence.nextTokenIndex
}

/** Evaluates all but the last batch, piece by piece so that an abort need not wait for a long prompt. Returns what is left. */
async function readPrompt({ engine, sequence, signal }: GenerateInput, tokens: Token[]): Promise<Token[]> {
  let left = tokens
  while (left.length > engine.batchTokens) {
    await sequence.evaluateWithoutGeneratingNewTokens(left.slice(0, engine.batchTokens))
    left = left.slice(engine.batchTokens)
    signal.throwIfAborted()
  }
  if (sequence.needsCheckpoints && left.length > 1) {
    await sequence.evaluateWithoutGeneratingNewTokens(left.slice(0, -1))
    await sequence.takeCheckpoint()
    left = left.slice(-1)
  }
  signal.throwIfAborted()
  return left
}

/** Tokens looked back on by the penalties, llama.cpp's penalty_last_n. */
const penaltyTokens = 64

async function evaluateOptions({ engine, sequence, request }: GenerateInput): Promise<SequenceEvaluateOptions> {
  const { sampling } = request
  const penalised = sampling.repeatPenalty !== 1 || sampling.frequencyPenalty !== 0 || sampling.presencePenalty !== 0
  const grammar = request.json ? await engine.llama.getGrammarFor('json') : null
  const { LlamaGrammarEvaluationState } = await import('node-llama-cpp')
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    minP: sampling.minP,
    seed: sampling.seed ?? Math.floor(Math.random() * 2 ** 32),
    yieldEogToken: true,
    ...(grammar ? { grammarEvaluationState: new LlamaGrammarEvaluationState({ model: engine.model, grammar }) } : {}),
    ...(penalised
      ? {
          repeatPenalty: {
            punishTokens: () => sequence.contextTokens.slice(-penaltyTokens),
            penalty: sampling.repeatPenalty,
            frequencyPenalty: sampling.frequencyPenalty,
            presencePenalty: sampling.presencePenalty,
          },
        }
      : {}),
  }
}

/** Token -> whole characters -> nothing after a stop text -> thinking or answer -> the reply. */
function createTextPipe({ engine, prompt, request, onText }: GenerateInput, soFar: () => Counted) {
  const decoder = createTokenDecoder<Token>((tokens, before) => engine.model.detokenize(tokens, false, before))
  const stops = createStopFilter([...request.stop, ...prompt.stopTexts])
  const split = createReasoningSplit(prompt.reasoning)
  const give = async (part: Part) => {
    if (part.content !== '' || part.reasoning !== '') await onText(part, soFar())
  }
  let stopped = false
  return {
    /** True once a stop text was found. */
    async push(token: Token): Promise<boolean> {
      const filtered = stops.push(decoder.push(token))
      stopped = filtered.stopped
      await give(split.push(filtered.text))
      return stopped
    },
    async end() {
      if (!stopped) await give(split.push(stops.end()))
      await give(split.end())
    },
  }
}
