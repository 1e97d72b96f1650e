import type { Artifact, CatalogueModel, LibraryModel } from '../../contract/model'
import type { Reach } from '../../contract/model-store'
import type { Runtime } from '../runtimes/runtime'
import { loadersOf, type FitMeans } from './fit'
import { idOf } from './library-names'

export type ReachMeans = FitMeans & { catalogue: readonly CatalogueModel[] }

/** MLX keeps safetensors too, quantised its own way and named by bits. */
export const formatOf = ({ facts }: LibraryModel): Artifact['format'] =>
  facts?.format === 'safetensors' && /^\dbit$/.test(facts.quantisation) ? 'mlx' : (facts?.format ?? 'gguf')

/**
 * For each runtime that can run on this machine: whether it loads this model as it lies, and where not, which artifact it
 * would load: one of the catalogue, else what its own tools can make of this one, or those of another.
 */
export function reachOf(model: LibraryModel, means: ReachMeans): Reach[] {
  const { machine, runtimes } = means
  if (!machine) return []
  const format = formatOf(model)
  const loaders = loadersOf(format, means).map(({ runtime }) => runtime.id)
  return runtimes
    .filter(runtime => runtime.facts.formats.length > 0 && runtime.judge(machine).can)
    .map((runtime): Reach => {
      const base = { runtime: runtime.id, title: runtime.title }
      if (loaders.includes(runtime.id) || runtime.facts.alsoLoads?.includes(format))
        return { ...base, loads: true, why: null, instead: null }
      const advised = runtime.facts.formats.filter(each => loadersOf(each, means).some(loader => loader.runtime.id === runtime.id))
      const formats = [...advised, ...(runtime.facts.alsoLoads ?? [])]
      if (formats.length === 0)
        return {
          ...base,
          loads: false,
          why: `It loads ${listed(runtime.facts.formats)}, none of which it can on this machine`,
          instead: null,
        }
      return {
        ...base,
        loads: false,
        why: `It loads ${listed(formats)}, and this is ${format}`,
        instead: insteadOf(model, formats, { means, runtime }),
      }
    })
}

const listed = (words: readonly string[]) => words.join(' and ')

function insteadOf(
  model: LibraryModel,
  formats: readonly Artifact['format'][],
  { means, runtime }: { means: ReachMeans; runtime: Runtime },
): Reach['instead'] {
  const name = model.id.slice(0, model.id.lastIndexOf(':'))
  const known = means.catalogue.find(({ id }) => id === (model.catalogueId ?? name))
  const artifacts = known?.artifacts.filter(artifact => formats.includes(artifact.format)) ?? []
  const [smallest] = [...artifacts].sort((a, b) => sizeOf(known, a) - sizeOf(known, b))
  if (known && smallest) {
    const bytes = Math.round(sizeOf(known, smallest))
    return { kind: 'download', id: idOf(known, smallest), title: `${known.title} ${smallest.id}`, bytes }
  }
  const tools = [runtime, ...means.runtimes].flatMap(each => each.conversions ?? [])
  const own = tools.find(({ from, gives }) => from === model.facts?.format && gives.kind !== 'store' && formats.includes(gives.kind))
  const [choice] = own?.choices ?? []
  if (!own || !choice || !model.facts) return null
  return { kind: 'convert', id: own.id, title: `${own.title} ${choice.id}`, bytes: Math.round((model.facts.parameters * choice.bits) / 8) }
}

const sizeOf = (model: CatalogueModel | undefined, { bytes, bitsPerWeight }: Artifact) =>
  bytes ?? ((model?.parameters ?? 0) * bitsPerWeight) / 8
