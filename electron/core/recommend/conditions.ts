import * as z from 'zod'

/** What rules ask about: need, machine, engine and plan flattened to names such as `need.users` or `engine.traits`. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

const scalar = z.union([z.string(), z.number(), z.boolean()])

/** One question about one fact; every operator given has to hold. An unknown (null) fact satisfies none. */
export const conditionSchema = z.strictObject({
  fact: z.string(),
  is: scalar.optional(),
  in: z.array(scalar).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  has: z.string().optional(),
  hasAny: z.array(z.string()).optional(),
  lacks: z.string().optional(),
  /** True: the list has an entry. */
  some: z.boolean().optional(),
})
export type Condition = z.infer<typeof conditionSchema>

/** `need.task` as the needle looks the task up: `{ fact: 'engine.madeFor', has: '$need.task' }`. */
const resolve = (value: string, facts: Facts) => (value.startsWith('$') ? String(facts[value.slice(1)]) : value)

export function holds(condition: Condition, facts: Facts): boolean {
  const value = facts[condition.fact]
  if (value === undefined) throw new Error(`A rule asks for "${condition.fact}", which is not a fact`)
  if (value === null) return false
  return typeof value === 'object' ? listHolds(condition, value, facts) : scalarHolds(condition, value)
}

function scalarHolds(condition: Condition, value: string | number | boolean): boolean {
  if (condition.is !== undefined && condition.is !== value) return false
  if (condition.in !== undefined && !condition.in.includes(value)) return false
  if (condition.atLeast !== undefined && !(typeof value === 'number' && value >= condition.atLeast)) return false
  return condition.atMost === undefined || (typeof value === 'number' && value <= condition.atMost)
}

function listHolds(condition: Condition, list: readonly string[], facts: Facts): boolean {
  if (condition.has !== undefined && !list.includes(resolve(condition.has, facts))) return false
  if (condition.lacks !== undefined && list.includes(resolve(condition.lacks, facts))) return false
  if (condition.hasAny !== undefined && !condition.hasAny.some(each => list.includes(each))) return false
  return condition.some === undefined || condition.some === list.length > 0
}

export const allHold = (conditions: readonly Condition[], facts: Facts) => conditions.every(each => holds(each, facts))
