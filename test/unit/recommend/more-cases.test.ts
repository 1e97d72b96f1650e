import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { needSchema } from '../../../electron/contract/need'
import { machineFromFile } from '../../../electron/core/machine-file'
import { recommend } from '../../../electron/core/recommend/recommend'
import { inputFor, readJson } from './inputs'
import { saidBy } from './said'

const caseSchema = z.object({
  ...{ id: z.string(), machine: z.string(), need: needSchema, accept: z.array(z.string()), never: z.array(z.string()) },
  ...{ says: z.array(z.string()), why: z.string().optional() },
})
const { machines, cases } = z
  .object({ machines: z.record(z.string(), z.unknown()), cases: z.array(caseSchema).min(60) })
  .parse(readJson('test', 'fixtures', 'decisions-more.json'))

describe('cases of machines that no recording shows', () => {
  test.each(cases)('$id on $machine', ({ machine, need, accept, never, says }) => {
    const answer = recommend(inputFor(machineFromFile(machines[machine], machine), need))
    const order = answer.decisions.map(each => each.runtime)
    if (accept.length === 0) expect(order).toEqual([])
    else expect(accept).toContain(order[0])
    for (const runtime of never) expect(order.slice(0, 3)).not.toContain(runtime)
    for (const idea of says) expect(saidBy(answer)).toMatch(new RegExp(idea, 'i'))
  })

  test('are of their own: no id twice, every machine used', () => {
    expect(new Set(cases.map(each => each.id)).size).toBe(cases.length)
    expect(new Set(cases.map(each => each.machine))).toEqual(new Set(Object.keys(machines)))
  })
})
