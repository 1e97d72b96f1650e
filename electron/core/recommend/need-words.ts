import type * as z from 'zod'
import { Failure } from '../../contract/failure'
import { musts, needSchema, priorities, tasks, weighable, type Need } from '../../contract/need'
import { listed } from './texts'

const oneOf = (values: readonly string[]) => `one of ${values.join(', ')}`
const some = (values: readonly string[]) => `a list of ${values.join(', ')}`

/** What each field takes, to stand after "has to be". */
const takes: Readonly<Record<keyof Need, string>> = {
  users: 'a whole number from 1 to 10000',
  task: oneOf(tasks),
  experience: oneOf(needSchema.shape.experience.unwrap().options),
  priorities: some(priorities),
  contextTokens: 'a whole number from 256 to 10000000, or null',
  model: 'the id of a model or words of its name as text, or null',
  runtime: 'the id of an engine as text',
  must: some(musts),
  language: 'two small letters, such as "de" (ISO 639-1)',
  abilities: some(needSchema.shape.abilities.unwrap().element.options),
  weights: `an object of numbers from 0 to 3 for ${weighable.join(', ')}`,
}

const isField = (name: PropertyKey | undefined): name is keyof Need => typeof name === 'string' && name in takes

/**
 * A need that came from outside, what it leaves out filled in. Throws Failure('bad-input') with one sentence that names the field,
 * what it takes and what was given.
 */
export function needFrom(value: unknown): Need {
  const parsed = needSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('bad-input', `The need is not right: ${issue ? wrongIn(issue, value) : 'a value is not right.'}`)
}

function wrongIn(issue: z.core.$ZodIssue, value: unknown): string {
  const [field] = issue.path
  const given = issue.path.reduce<unknown>((at, key) => (at === null || at === undefined ? undefined : Reflect.get(Object(at), key)), value)
  if (isField(field)) return `${field} has to be ${takes[field]}, not ${inWords(issue, given)}.`
  if (issue.code === 'unrecognized_keys')
    return `it has no ${listed(issue.keys.map(key => `"${key}"`))}. It takes ${listed(Object.keys(takes))}.`
  return 'it has to be one JSON object, such as {"users":8,"task":"rag-api"}.'
}

/** What was given, short; of an object the names that nobody knows. */
const inWords = (issue: z.core.$ZodIssue, given: unknown) =>
  issue.code === 'unrecognized_keys'
    ? listed(issue.keys.map(key => `"${key}"`))
    : given === undefined
      ? 'nothing'
      : JSON.stringify(given).slice(0, 60)
