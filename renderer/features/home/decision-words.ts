import type { Decision } from '../../../electron/contract/decision'
import { contextLength } from '../../ui/format'

/** `llama.cpp built-in`, `vLLM 0.33`: the engine by its build where there is one. */
export function engineTitle(decision: Decision): string {
  return decision.buildTitle ?? decision.runtimeTitle
}

/** `Qwen3-8B Q4_K_M`. */
export function modelTitle(decision: Decision): string {
  return decision.modelTitle.endsWith(decision.artifact) ? decision.modelTitle : `${decision.modelTitle} ${decision.artifact}`
}

/** `8k context`, or `8k context each` for several slots. */
export function contextTitle(decision: Decision): string {
  return `${contextLength(decision.contextTokens)} context${decision.slots > 1 ? ' each' : ''}`
}

/** The three nouns of a decision. */
export function nounsOf(decision: Decision): [string, string, string] {
  return [engineTitle(decision), modelTitle(decision), contextTitle(decision)]
}

/** The one sentence of reason under the nouns: what weighed most. */
export function becauseOf(decision: Decision): string {
  return decision.reasons[0]?.text ?? decision.headline
}

/** Phrases or sentences in one run of text. */
export function inOneRun(texts: readonly string[]): string {
  return texts.join(texts.some(text => text.endsWith('.')) ? ' ' : '; ')
}
