import * as z from 'zod'
import ruleData from '../../../resources/knowledge/rules.json'
import { evidenceSchema } from '../../contract/decision'
import { conditionSchema } from './conditions'

/** Precedence: a difference on an earlier level is never outweighed by later ones. What cannot run is out before. */
export const levels = ['must', 'concurrency', 'hardware', 'task', 'experience', 'priority'] as const
export type Level = (typeof levels)[number]

export const ruleSchema = z.strictObject({
  id: z.string(),
  level: z.enum([...levels, 'note']),
  /** About need and machine. */
  when: z.array(conditionSchema),
  /** About the engine and the plan it would run. */
  engine: z.array(conditionSchema),
  effect: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('points'), points: z.number() }),
    /** Points from the engine's tier in the matrix, 4 excellent to 1 limited; `priority` weighs by its place in the list. */
    z.strictObject({ kind: z.literal('tier'), dimension: z.string(), priority: z.string().optional() }),
    /** Mean tier over the dimensions that the person weighs. */
    z.strictObject({ kind: z.literal('weights') }),
    z.strictObject({ kind: z.literal('veto') }),
    z.strictObject({ kind: z.literal('say') }),
  ]),
  /** Said for an engine that it favours. */
  because: z.string().optional(),
  /** Said against an engine that it holds back or rules out. */
  against: z.string().optional(),
  warns: z.string().optional(),
  givesUp: z.string().optional(),
  evidence: z.array(evidenceSchema).min(1),
})
export type Rule = z.infer<typeof ruleSchema>

const ruleFileSchema = z.strictObject({ note: z.string(), checked: z.string(), rules: z.array(ruleSchema) })

/** The rules of resources/knowledge/rules.json, checked once. */
export const rules: readonly Rule[] = ruleFileSchema.parse(ruleData).rules
