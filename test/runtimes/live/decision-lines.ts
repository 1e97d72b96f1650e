import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { catalogueModelSchema } from '../../../electron/contract/model'
import { needSchema } from '../../../electron/contract/need'
import { readRecording } from '../../../electron/core/hardware/recording'
import { recommend } from '../../../electron/core/recommend/recommend'
import { runtimes } from '../../../electron/core/runtimes/registry'

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const catalogueSchema = z.object({ models: z.array(catalogueModelSchema) })
const casesSchema = z.object({ cases: z.array(z.object({ machine: z.string(), need: needSchema })) })

/** The command lines, without variables and the program's name, that the cases of the decision end in for one runtime. */
export async function decisionLines(root: string, runtime: string): Promise<string[][]> {
  const fixtures = join(root, 'test', 'fixtures')
  const { cases } = casesSchema.parse(readJson(join(fixtures, 'decisions.json')))
  const catalogue = catalogueSchema.parse(readJson(join(root, 'resources', 'knowledge', 'models.json'))).models
  const nothing = { library: [], builds: [], offers: [], measurements: [], reachable: { hub: true, pypi: true } }
  const lines = new Map<string, string[]>()
  for (const { machine, need } of cases) {
    const here = await readRecording(join(fixtures, 'machines', machine))
    const { decisions } = recommend({ ...nothing, machine: here, need, catalogue, runtimes })
    for (const { command, draft } of decisions.filter(each => each.runtime === runtime))
      for (const words of [command, ...(draft ? [draft.command] : [])]) lines.set(words.join(' '), withoutProgram(words))
  }
  return [...lines.values()]
}

/** `env NAME=value program serve` and `wsl -- program serve` -> `serve`. */
function withoutProgram(words: readonly string[]): string[] {
  const rest = words[0] === 'wsl' ? words.slice(words.indexOf('--') + 1) : [...words]
  if (rest[0] !== 'env') return rest.slice(1)
  return rest.slice(rest.findIndex((word, index) => index > 0 && !/^\w+=/.test(word)) + 1)
}
