import { join } from 'node:path'
import type { LibraryModel } from '../contract/model'
import type { Build } from '../contract/runtime'
import { catalogue } from './catalogue'
import { readModel } from './models/read-model'
import type { RecommendInput } from './recommend/recommend.types'
import { runtimes } from './runtimes/registry'

/** What every machine has that the app is copied to: the built-in engine and the engine test. */
export function bundledOnly(resourcesFolder: string): Omit<RecommendInput, 'machine' | 'need'> {
  const library = catalogue.flatMap(model =>
    model.artifacts.flatMap(artifact => {
      const source = artifact.sources.find(each => each.kind === 'bundled')
      return source ? [bundledModel({ id: model.id, title: model.title, artifact: artifact.id }, join(resourcesFolder, source.path))] : []
    }),
  )
  const builds: Build[] = runtimes.flatMap(runtime =>
    runtime.builds.flatMap(({ kind, title, find }) =>
      find.bundled
        ? [
            {
              ...{
                id: `${runtime.id}@${find.bundled.version}+${kind}`,
                runtime: runtime.id,
                kind,
                title,
                variant: null,
                path: null,
                notes: [],
              },
              ...{ version: find.bundled.version, origin: 'bundled' as const, backends: [...find.bundled.backends] },
            },
          ]
        : [],
    ),
  )
  return { catalogue, library, builds, runtimes, offers: [], reachable: { hub: null, pypi: null }, measurements: [] }
}

function bundledModel(known: { id: string; title: string; artifact: string }, path: string): LibraryModel {
  const facts = readModel({ path })
  return {
    ...{ id: `${known.id}:${known.artifact}`, title: known.title, catalogueId: known.id, artifactId: known.artifact, path, facts },
    ...{ origin: 'bundled', state: 'ready', why: null, bytes: facts.bytes, sha256: null, engineTest: true, addedAt: '' },
  }
}
