import type { CatalogueModel, LibraryModel } from '../../contract/model'

/** What a person named: an exact id (with or without artifact), or words each of which has to be met. */
export type Named = {
  artifact: string | null
  /** Parts of the artifact's name (`q4`, `fp8`), lower case. */
  quantisation: readonly string[]
  matches(model: { id: string; title: string; family: string; parameters: number }): boolean
}

/**
 * Sizes such as `70B` or `0.6b` are met by models within 8 % of them; other words by id, title or family, however they are set
 * (`llama3.3`, `phi4`). Names of other places are taken too: a tag (`qwen3-coder:30b`, https://docs.ollama.com/api) and a
 * repository of converted files (`unsloth/Qwen3-8B-GGUF:Q4_K_M`).
 */
export function parseModelWords(text: string, known: readonly string[]): Named {
  const words = text.trim()
  const exact = known.find(id => words === id || words.startsWith(`${id}:`))
  if (exact !== undefined)
    return {
      artifact: words.length > exact.length ? words.slice(exact.length + 1) : null,
      quantisation: [],
      matches: model => model.id === exact,
    }
  const parts = words.toLowerCase().split(/\s+/).flatMap(partsOf)
  const quantisation = parts.filter(part => quantised.test(part))
  const ofModel = parts.filter(part => !quantised.test(part))
  return { artifact: null, quantisation, matches: model => ofModel.every(part => meets(part, model)) }
}

/** Words that name a quantisation rather than a model. */
const quantised = /^(?:ud-)?i?q\d(?:_\w+)?$|^(?:fp8|fp16|bf16|f16|awq|mxfp4|[2-8]bit)$/

/** Formats of files and the like: they say nothing about which model it is. */
const ofPlaces = /^(?:latest|gguf|mlx|instruct|it)$/

/** A repository loses its owner, a tag falls into its parts. */
function partsOf(word: string): string[] {
  const [name = '', tag = ''] = word.slice(word.lastIndexOf('/') + 1).split(':')
  if (tag === '' && !word.includes('/')) return [word]
  const [first = '', ...rest] = [name, tag].flatMap(part => part.split('-')).filter(part => part !== '' && !ofPlaces.test(part))
  return first === '' ? rest : [`${begins}${first}`, ...rest]
}

/** Stands before a word with which the name of a model begins: `qwen3:8b` is none of those that were only made from Qwen3. */
const begins = '^'

function meets(word: string, model: { id: string; title: string; family: string; parameters: number }): boolean {
  const size = /^(\d+(?:\.\d+)?)([bm])$/.exec(word)
  const text = `${model.id} ${model.title} ${model.family}`.toLowerCase()
  if (!size) return patternOf(word).test(text)
  const wanted = Number(size[1]) * (size[2] === 'b' ? 1e9 : 1e6)
  const named = new RegExp(`(^|[^\\d.])${word.replace('.', '\\.')}([^a-z\\d]|$)`).test(text)
  return named || Math.abs(model.parameters - wanted) / wanted <= 0.08
}

/** `llama3.3` is met by `Llama-3.3` and `Llama 3.3`; a number is met whole, so `qwen3` is not met by `Qwen3.5`, but 4 by 4.0. */
function patternOf(word: string): RegExp {
  const runs = word.replace(begins, '').match(/\d+(?:\.\d+)*|[a-z]+|[^a-z\d\s_-]+/g) ?? []
  const whole = (run: string) => (/^\d/.test(run) ? `(?<![\\d.])${escaped(run)}(?!\\d|\\.[1-9])` : escaped(run))
  const pattern = runs.map(whole).join('[\\s_-]*')
  return new RegExp(word.startsWith(begins) ? `(?:^|/)${pattern}` : pattern)
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export const nameOfLibraryModel = (model: LibraryModel, known: CatalogueModel | null) => ({
  id: known?.id ?? model.id,
  title: model.title,
  family: known?.family ?? model.facts?.architecture ?? '',
  parameters: model.facts?.parameters ?? known?.parameters ?? 0,
})
