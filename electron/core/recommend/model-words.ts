import type { CatalogueModel, LibraryModel } from '../../contract/model'

/** What a person named: an exact id (with or without artifact), or words each of which has to be met. */
export type Named = {
  artifact: string | null
  /** Parts of the artifact's name (`q4`, `fp8`), lower case. */
  quantisation: readonly string[]
  matches(model: { id: string; title: string; family: string; parameters: number }): boolean
}

/** Sizes such as `70B` or `0.6b` are met by models within 8 % of them; other words by id, title or family. */
export function parseModelWords(text: string, known: readonly string[]): Named {
  const words = text.trim()
  const exact = known.find(id => words === id || words.startsWith(`${id}:`))
  if (exact !== undefined)
    return {
      artifact: words.length > exact.length ? words.slice(exact.length + 1) : null,
      quantisation: [],
      matches: model => model.id === exact,
    }
  const parts = words.toLowerCase().split(/\s+/)
  const quantisation = parts.filter(part => quantised.test(part))
  const ofModel = parts.filter(part => !quantised.test(part))
  return { artifact: null, quantisation, matches: model => ofModel.every(part => meets(part, model)) }
}

/** Words that name a quantisation rather than a model. */
const quantised = /^(?:ud-)?i?q\d(?:_\w+)?$|^(?:fp8|fp16|bf16|f16|awq|mxfp4)$/

function meets(word: string, model: { id: string; title: string; family: string; parameters: number }): boolean {
  const size = /^(\d+(?:\.\d+)?)([bm])$/.exec(word)
  const text = `${model.id} ${model.title} ${model.family}`.toLowerCase()
  if (!size) return text.includes(word)
  const wanted = Number(size[1]) * (size[2] === 'b' ? 1e9 : 1e6)
  const named = new RegExp(`(^|[^\\d.])${word.replace('.', '\\.')}([^a-z\\d]|$)`).test(text)
  return named || Math.abs(model.parameters - wanted) / wanted <= 0.08
}

export const nameOfLibraryModel = (model: LibraryModel, known: CatalogueModel | null) => ({
  id: known?.id ?? model.id,
  title: model.title,
  family: known?.family ?? model.facts?.architecture ?? '',
  parameters: model.facts?.parameters ?? known?.parameters ?? 0,
})
