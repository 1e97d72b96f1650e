import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { needSchema } from '../../../electron/contract/need'
import { readRecording } from '../../../electron/core/hardware/recording'
import { machineFromFile } from '../../../electron/core/machine-file'
import { recommend } from '../../../electron/core/recommend/recommend'
import { inputFor, readJson } from './inputs'
import { saidBy } from './said'

const caseSchema = z.object({
  ...{ id: z.string(), machine: z.string(), need: needSchema, accept: z.array(z.string()), never: z.array(z.string()) },
  ...{ says: z.array(z.string()), why: z.string().optional() },
})
const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'machines')
const { machines, cases } = z
  .object({ machines: z.record(z.string(), z.unknown()), cases: z.array(caseSchema).min(180) })
  .parse(readJson('test', 'fixtures', 'decisions-more.json'))

/** A machine of the file, else a recording of that name. */
const machineNamed = async (name: string) =>
  name in machines ? machineFromFile(machines[name], name) : await readRecording(join(folder, name))

describe('cases of machines that no recording shows', () => {
  test.each(cases)('$id on $machine', async ({ machine, need, accept, never, says }) => {
    const answer = recommend(inputFor(await machineNamed(machine), need))
    const order = answer.decisions.map(each => each.runtime)
    if (accept.length === 0) expect(order).toEqual([])
    else expect(accept).toContain(order[0])
    for (const runtime of never) expect(order.slice(0, 3)).not.toContain(runtime)
    for (const idea of says) expect(saidBy(answer)).toMatch(new RegExp(idea, 'i'))
  })

  test('are of their own: no id twice, every machine used', () => {
    expect(new Set(cases.map(each => each.id)).size).toBe(cases.length)
    const used = new Set(cases.map(each => each.machine))
    for (const machine of Object.keys(machines)) expect(used).toContain(machine)
  })
})
