import type { LaunchInput } from './runtime'

/** `org/name:Q4_1` -> `roundhouse-org-name:q4_1`, in the letters that Ollama allows in a name. */
export function ollamaName({ model }: Pick<LaunchInput, 'model'>): string {
  const [name = '', artifact = 'latest'] = splitAtLast(model.id, ':')
  const clean = (text: string) => text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  return `roundhouse-${clean(name)}:${clean(artifact)}`.toLowerCase()
}

function splitAtLast(text: string, separator: string): string[] {
  const at = text.lastIndexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
