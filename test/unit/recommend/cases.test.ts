import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { needSchema } from '../../../electron/contract/need'
import { readRecording } from '../../../electron/core/hardware/recording'
import { recommend } from '../../../electron/core/recommend/recommend'
import { inputFor, readJson } from './inputs'
import { saidBy } from './said'

const caseSchema = z.object({
  id: z.string(),
  machine: z.string(),
  need: needSchema,
  accept: z.array(z.string()),
  never: z.array(z.string()),
  says: z.array(z.string()),
})
const { cases } = z.object({ cases: z.array(caseSchema).length(39) }).parse(readJson('test', 'fixtures', 'decisions.json'))
const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'machines')

describe('the cases of the decision', () => {
  test.each(cases)('$id on $machine', async ({ machine, need, accept, never, says }) => {
    const answer = recommend(inputFor(await readRecording(join(folder, machine)), need))
    const runtimes = answer.decisions.map(each => each.runtime)
    if (accept.length === 0) expect(runtimes).toEqual([])
    else expect(accept).toContain(runtimes[0])
    for (const runtime of never) expect(runtimes.slice(0, 3)).not.toContain(runtime)
    for (const idea of says) expect(saidBy(answer)).toMatch(new RegExp(idea, 'i'))
  })
})
