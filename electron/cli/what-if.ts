import * as z from 'zod'
import { machineEditSchema, type Outcome, type WhatIf } from '../contract/what-if'
import { Failure } from '../contract/failure'
import { needSchema, type Need } from '../contract/need'
import type { RecommendInput } from '../core/recommend/recommend.types'
import { shoppingFor } from '../core/shopping'
import { whatIf } from '../core/what-if'
import { parseJson, print, printJson, table } from './output'

/** `{"gpu":"GeForce RTX 5090","count":2,"memoryGiB":128,"artifact":"Q8_0","users":8}`: machine, quantisation and need in one. */
const questionSchema = z.strictObject({ ...machineEditSchema.shape, artifact: z.string().optional(), ...needSchema.partial().shape })

/** Prints what a changed need or machine would bring, and what a shopper could gain. Throws Failure('bad-input'). */
export function whatIfCommand(known: RecommendInput, need: Need, options: { whatIf: string; json?: boolean }) {
  const parsed = questionSchema.safeParse(parseJson(options.whatIf, 'The what-if'))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Failure('bad-input', `The what-if is not right: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
  }
  const { gpu, count, memoryGiB, artifact, ...change } = parsed.data
  const edit = {
    ...(gpu === undefined ? {} : { gpu }),
    ...(count === undefined ? {} : { count }),
    ...(memoryGiB === undefined ? {} : { memoryGiB }),
  }
  const question = {
    need,
    change,
    ...(Object.keys(edit).length > 0 ? { machine: edit } : {}),
    ...(artifact === undefined ? {} : { artifact }),
  }
  const answer = whatIf(known, question)
  const { steps } = shoppingFor(known, needSchema.parse({ ...need, ...change }))
  if (options.json) printJson({ ...question, ...answer, shopping: steps })
  else inWords(answer, steps)
}

function inWords({ before, after, trace }: WhatIf, steps: readonly { title: string; gain: string }[]) {
  print(table(['', 'NOW', 'THEN'], rowsOf(before, after)))
  print(`\n${trace.map(each => `${each.what}: ${each.text}`).join('\n')}`)
  if (steps.length > 0) print(`\n${steps.map(each => `with ${each.title}: ${each.gain}`).join('\n')}`)
}

function rowsOf(before: Outcome | null, after: Outcome | null): string[][] {
  const row = (name: string, of: (outcome: Outcome) => string) => [name, before ? of(before) : '-', after ? of(after) : '-']
  const number = (value: number | null) => (value === null ? 'not predicted' : String(value))
  return [
    row('engine', outcome => outcome.runtimeTitle),
    row('model', outcome => `${outcome.modelTitle} ${outcome.artifact}`),
    row('context', outcome => `${outcome.contextTokens} x ${outcome.slots}`),
    row('quality', outcome => number(outcome.qualityPoints)),
    row('tok/s, one user', outcome => number(outcome.oneUser)),
    row('layers on the GPU', outcome => `${outcome.gpuLayers} of ${outcome.layers}`),
  ]
}
