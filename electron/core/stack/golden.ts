import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Proof } from '../../contract/instance'
import type { Upstream } from '../supervisor/supervisor.types'
import { ask, type AskMeans } from './ask'

const goldenSchema = z.object({
  golden: z.array(z.object({ question: z.string(), answer: z.string(), tokens: z.int(), canonical: z.boolean() })).min(1),
})
export type Golden = z.infer<typeof goldenSchema>['golden']

const MOST_TOKENS = 160

/** One question for each answer; the others ask the same in other words, for the first acceptance of a build that is not ours. */
export const canonicalOnly = (golden: Golden): Golden => golden.filter(each => each.canonical)

/** The canary's known answers, from resources/canary/golden.json. */
export const readGolden = (resourcesFolder: string): Golden =>
  goldenSchema.parse(JSON.parse(readFileSync(join(resourcesFolder, 'canary', 'golden.json'), 'utf8'))).golden

/**
 * Asks the canary its known questions, a few at once. All answers must be right: single faults of an engine (RoPE base,
 * permuted heads) leave most of them intact, so a high share proves nothing.
 */
export async function askGolden(
  upstream: Upstream,
  golden: Golden,
  means: AskMeans & { atOnce: number; signal: AbortSignal; onAnswer?(done: number, total: number): void },
): Promise<NonNullable<Proof['golden']>> {
  const waiting = [...golden]
  const wrong: string[] = []
  let answered = 0
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const answer = await ask(upstream, { prompt: next.question, maxTokens: MOST_TOKENS, signal: means.signal }, means)
      if (answer.text.trim() !== next.answer.trim()) wrong.push(next.question)
      answered += 1
      means.onAnswer?.(answered, golden.length)
    }
  }
  await Promise.all(Array.from({ length: means.atOnce }, lane))
  return { asked: golden.length, right: golden.length - wrong.length, wrong }
}
