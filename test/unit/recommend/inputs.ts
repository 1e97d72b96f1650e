import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Machine } from '../../../electron/contract/machine'
import { catalogueModelSchema } from '../../../electron/contract/model'
import { needSchema } from '../../../electron/contract/need'
import type { RecommendInput } from '../../../electron/core/recommend/recommend.types'
import { runtimes } from '../../../electron/core/runtimes/registry'

const root = join(import.meta.dirname, '..', '..', '..')
export const readJson = (...parts: string[]): unknown => JSON.parse(readFileSync(join(root, ...parts), 'utf8'))

export const catalogue = z.object({ models: z.array(catalogueModelSchema) }).parse(readJson('resources', 'knowledge', 'models.json')).models

/** A machine on which nothing has been installed or downloaded, with all sources in reach. */
export function inputFor(machine: Machine, need: z.input<typeof needSchema>, changes: Partial<RecommendInput> = {}): RecommendInput {
  return {
    ...{ machine, need: needSchema.parse(need), catalogue, runtimes, library: [], builds: [], offers: [], measurements: [] },
    reachable: { hub: true, pypi: true },
    ...changes,
  }
}
