import type { Artifact, CatalogueModel, LibraryModel, ModelsSnapshot, OfferedModel } from '../../../electron/contract/model'

/** A made-up library and catalogue in the shape of the contract. */
export function makeLibraryModel(over: Partial<LibraryModel> = {}): LibraryModel {
  return {
    id: 'org/small:Q8_0',
    title: 'Small',
    catalogueId: 'org/small',
    artifactId: 'Q8_0',
    origin: 'downloaded',
    path: '/models/small.gguf',
    state: 'ready',
    why: null,
    bytes: 290_000_000,
    sha256: null,
    facts: null,
    engineTest: false,
    addedAt: '2026-01-15T11:31:00.000Z',
    ...over,
  }
}

export function makeCatalogueModel(id: string, over: Partial<CatalogueModel> = {}): CatalogueModel {
  const artifact = (quantisation: string, bytes: number): Artifact => ({
    ...{ id: quantisation, format: 'gguf', quantisation, bytes, sha256: null, bitsPerWeight: 4.9, sources: [] },
  })
  return {
    id,
    title: id.replace(/^.*\//, ''),
    family: 'Family',
    parameters: 8.2e9,
    activeParameters: 8.2e9,
    shape: {
      ...{ layers: 36, fullAttentionLayers: 36, slidingLayers: 0, slidingWindow: null, hidden: 4096, heads: 32, kvHeads: 8, headDim: 128 },
      ...{ keyDim: null, valueDim: null, mla: null, recurrentStateBytes: 0, vocabulary: 151_936, contextMax: 40_960 },
      ...{ experts: null, expertsUsed: null },
    },
    licence: 'apache-2.0',
    tasks: ['chat'],
    abilities: ['tools'],
    quality: 60,
    qualitySource: 'published',
    released: null,
    artifacts: [artifact('Q4_K_M', 5e9), artifact('Q8_0', 8.7e9), artifact('F16', 16.4e9)],
    source: 'https://example.org',
    note: null,
    engineTest: false,
    ...over,
  }
}

export function makeOffered(id: string, over: Partial<OfferedModel> = {}): OfferedModel {
  return {
    model: makeCatalogueModel(id),
    artifacts: [
      { id: 'Q4_K_M', fit: { verdict: 'fits', text: 'fits, 43 %' }, libraryId: null, source: 'hub', why: null },
      { id: 'Q8_0', fit: { verdict: 'fits', text: 'fits, 79 %' }, libraryId: null, source: 'hub', why: null },
      { id: 'F16', fit: { verdict: 'partly', text: 'partly: 31 of 36 layers' }, libraryId: null, source: 'hub', why: null },
    ],
    ...over,
  }
}

export function makeModels(over: Partial<ModelsSnapshot> = {}): ModelsSnapshot {
  return { library: [], offered: [], folder: '/models', freeDiskMiB: 400_000, reachable: { hub: true, pypi: true }, ...over }
}
