import type { LibraryModel } from '../../../electron/contract/model'

/** A file of the library with its quantisation: `Qwen3-8B Q4_K_M`. */
export function libraryName({ title, artifactId, facts }: Pick<LibraryModel, 'title' | 'artifactId' | 'facts'>): string {
  const quantisation = artifactId ?? facts?.quantisation ?? ''
  return quantisation === '' || title.toLowerCase().includes(quantisation.toLowerCase()) ? title : `${title} ${quantisation}`
}

/** Weights as people say them: `8.2B`, `135M`. */
export function parameterCount(parameters: number | null): string {
  if (parameters === null) return '–'
  const [value, unit] = parameters >= 1e9 ? [parameters / 1e9, 'B'] : [parameters / 1e6, 'M']
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))}${unit}`
}
