import * as z from 'zod'
import { rangeSchema } from './decision'

/**
 * One run of a model on this machine beside what was said of it before the start. `flags`: `outside-range` the run lies
 * outside what was promised; `own-run` the promise rested on an earlier run of the same model; `engine-test` too small to say
 * anything of other models; `first-token` the first token came outside of what was promised; `busy` measured while other programs kept the processor busy; `no-prediction` nothing was promised.
 */
export const predictionSchema = z.object({
  id: z.int(),
  /** ISO 8601, UTC. */
  when: z.string(),
  runtime: z.string(),
  build: z.string(),
  /** `vLLM 0.32.0`. */
  buildTitle: z.string(),
  model: z.string(),
  /** `SmolLM2 135M Instruct`; the id of a model that is known no more. */
  modelTitle: z.string(),
  artifact: z.string(),
  /** Names of the devices it ran on, as the machine calls them, joined by ` + `; null in rows of before they were kept. */
  device: z.string().nullable(),
  contextTokens: z.int().nullable(),
  /** Decode of one stream, tok/s, as told before the start. */
  predicted: rangeSchema.nullable(),
  /** Decode of one stream, tok/s. */
  measured: z.number(),
  /** (predicted / measured - 1) x 100; null without a prediction. */
  errorPercent: z.number().nullable(),
  /** The first token of the prompt that measured it, and what was to be expected of that prompt; null where neither is kept. */
  firstToken: z
    .object({
      /** Tokens that had to be read; null where the engine did not count. */
      promptTokens: z.int().nullable(),
      /** Milliseconds. */
      predicted: rangeSchema.nullable(),
      measured: z.number(),
      errorPercent: z.number().nullable(),
    })
    .nullable()
    .optional(),
  flags: z.array(z.enum(['outside-range', 'first-token', 'own-run', 'engine-test', 'busy', 'no-prediction'])),
  /** Whether later estimates are corrected by this run. */
  calibrates: z.boolean(),
})
export type Prediction = z.infer<typeof predictionSchema>
