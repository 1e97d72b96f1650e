import type { Artifact, CatalogueModel, LibraryModel, Projector } from '../../contract/model'
import { languageCost, qualityFor } from './quality'
import { nameOfLibraryModel, parseModelWords, type Named } from './model-words'
import { sizeOfArtifact, sizeOfFile, type ModelSize } from './model-size'
import type { RecommendInput } from './recommend.types'

/** One thing that could be loaded: an artifact of the catalogue, a file of the library, or both in one. */
export type Option = {
  model: string
  title: string
  artifact: string
  format: Artifact['format']
  quantisation: string
  size: ModelSize
  /** Points that the quantisation costs; part of `quality` already. */
  loss: number
  /** 0..100 of the catalogue less what the quantisation costs; guessed from the size for unknown files. */
  quality: number
  /** Family in the catalogue; null for an unknown file. */
  family: string | null
  tasks: readonly string[]
  tools: boolean
  contextMax: number
  bitsPerWeight: number
  library: LibraryModel | null
  /** Null when nothing says where it could be fetched. */
  entry: Artifact | null
  /** What reads images for it, here or with the download; null where it comes without. */
  projector: Pick<Projector, 'bytes' | 'encoder'> | null
  engineTest: boolean
}

/** `options`: what may be chosen. `all`: everything known, also what the person did not name. */
export type Pool = { options: readonly Option[]; all: readonly Option[]; named: Named | null }

/** Everything that could be loaded, with what the person named already applied. */
export function optionsOf(input: RecommendInput): Pool {
  const { catalogue, library, need } = input
  const named =
    need.model === null ? null : parseModelWords(need.model, [...catalogue.map(each => each.id), ...library.map(each => each.id)])
  const ready = library.filter(each => each.state === 'ready' && each.facts !== null)
  const known = new Map(catalogue.map(each => [each.id, each]))
  const fromCatalogue = catalogue.flatMap(model => {
    if (model.tasks.length > 0 && model.tasks.every(task => task === 'embedding')) return []
    if (!model.engineTest && need.abilities?.some(ability => !model.abilities.includes(ability))) return []
    return model.artifacts.map(artifact => optionOf({ model, artifact, file: fileOf(model, artifact, ready) }, need))
  })
  const listed = new Set(fromCatalogue.flatMap(each => each.library?.id ?? []))
  const others = ready
    .filter(each => !listed.has(each.id) && (each.engineTest || canDo(each, known.get(each.catalogueId ?? '') ?? null, need)))
    .flatMap(each => optionOfFile(each, known.get(each.catalogueId ?? '') ?? null, need.task) ?? [])
  const all = [...fromCatalogue, ...others]
  if (!named) return { options: all, all, named }
  const meets = (option: Option) => {
    const entry = known.get(option.model)
    const asked = option.library ? nameOfLibraryModel(option.library, entry ?? null) : null
    const matched = (entry !== undefined && named.matches(entry)) || (asked !== null && named.matches(asked))
    const artifact = option.artifact.toLowerCase()
    return (
      matched &&
      (named.artifact === null || named.artifact === option.artifact) &&
      named.quantisation.every(part => artifact.includes(part))
    )
  }
  return { options: all.filter(option => option.engineTest || meets(option)), all, named }
}

const fileOf = (model: CatalogueModel, artifact: Artifact, ready: readonly LibraryModel[]) =>
  ready.find(each => each.catalogueId === model.id && each.artifactId === artifact.id) ?? null

/** Of a file that no catalogue knows its header and its folder tell what it can do. */
function canDo({ facts, projector }: LibraryModel, known: CatalogueModel | null, { abilities = [] }: RecommendInput['need']): boolean {
  const own = { vision: projector != null, tools: facts?.chatTemplate ?? false, reasoning: false }
  return abilities.every(each => (known ? known.abilities.includes(each) : own[each]))
}

const ofFile = ({ projector }: LibraryModel) => (projector?.path != null ? projector : null)

/** A GGUF of the hub brings it along (models/hub/hub-transfer.ts); a folder holds it among its weights. */
const ofDownload = ({ projector }: CatalogueModel, { format, sources }: Artifact) =>
  projector && format === 'gguf' && sources.some(({ kind }) => kind === 'hub') ? projector : null

type Offered = { model: CatalogueModel; artifact: Artifact; file: LibraryModel | null }

function optionOf({ model, artifact, file }: Offered, need: RecommendInput['need']): Option {
  const loss = quantisationLoss(artifact.bitsPerWeight, model.parameters)
  return {
    ...{
      model: model.id,
      title: model.title,
      artifact: artifact.id,
      format: artifact.format,
      quantisation: artifact.quantisation,
      entry: artifact,
      library: file,
      projector: file ? ofFile(file) : ofDownload(model, artifact),
    },
    size: file?.facts ? sizeOfFile(file.facts, model) : sizeOfArtifact(model, artifact),
    quality: qualityFor(model, need.task) - languageCost(model, need.language) - loss,
    loss,
    family: model.family,
    tasks: model.tasks,
    tools: model.abilities.includes('tools'),
    contextMax: model.shape.contextMax,
    bitsPerWeight: artifact.bitsPerWeight,
    engineTest: model.engineTest,
  }
}

function optionOfFile(file: LibraryModel, known: CatalogueModel | null, task: RecommendInput['need']['task']): Option | null {
  const { facts } = file
  if (!facts || facts.parameters <= 0) return null
  const bitsPerWeight = (facts.tensorBytes * 8) / facts.parameters
  const size = sizeOfFile(facts, known)
  const loss = quantisationLoss(bitsPerWeight, facts.parameters)
  return {
    ...{ model: known?.id ?? file.id, title: file.title, artifact: file.artifactId ?? facts.quantisation, format: facts.format },
    ...{
      library: file,
      projector: ofFile(file),
      entry: null,
      size,
      bitsPerWeight,
      engineTest: file.engineTest,
      family: known?.family ?? null,
      tasks: known?.tasks ?? [],
      tools: facts.chatTemplate,
      quantisation: facts.quantisation,
    },
    quality: (known ? qualityFor(known, task) : guessQuality(facts.parameters)) - loss,
    loss,
    contextMax: size.shapeKnown ? size.shape.contextMax : 32_768,
  }
}

/** An unknown file is taken for a middling model of its size: 12 points for each doubling from 300 million parameters. */
const guessQuality = (parameters: number) => Math.max(2, Math.min(60, 5 + 8 * Math.log2(Math.max(1, parameters / 3e8))))

/**
 * Points of quality that a quantisation costs. Our own ordering after the perplexities that llama.cpp publishes for its
 * types (https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md): small from 6 bits, steep below 4;
 * small models suffer more.
 */
export function quantisationLoss(bitsPerWeight: number, parameters: number): number {
  const steps = [
    [15, 0],
    [8, 0.2],
    [6.4, 0.5],
    [5.4, 1],
    [4.6, 2],
    [4.1, 2.8],
    [3.4, 6],
    [2.6, 12],
  ] as const
  const loss = steps.find(([bits]) => bitsPerWeight >= bits)?.[1] ?? 22
  return loss * (parameters < 3e9 ? 1.6 : 1)
}
