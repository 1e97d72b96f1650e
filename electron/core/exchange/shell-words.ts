import { Failure } from '../../contract/failure'

/**
 * A command line as words, by the rules of a POSIX shell for quotes and backslashes and nothing else: no variables, no
 * operators. A backslash before a line's end joins lines; lines that begin with # are left out.
 *
 * Throws Failure `bad-input` when a quote is not closed.
 */
export function shellWords(command: string): string[] {
  const text = command
    .split('\n')
    .filter(line => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\r?\n/g, ' ')
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at)
    const space = /^\s+/.exec(rest)?.[0]
    if (space !== undefined) {
      if (word !== null) words.push(word)
      word = null
      at += space.length
      continue
    }
    const [taken, meaning] = nextPart(rest, command)
    word = (word ?? '') + meaning
    at += taken
  }
  return word === null ? words : [...words, word]
}

/** How many letters the next part takes, and what they mean. */
function nextPart(rest: string, command: string): [number, string] {
  const single = /^'([^']*)'/.exec(rest)
  if (single) return [single[0].length, single[1] ?? '']
  const double = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(rest)
  if (double) return [double[0].length, (double[1] ?? '').replaceAll(/\\(["\\$`])/g, '$1')]
  if (/^['"]/.test(rest)) throw new Failure('bad-input', `A quote is not closed in: ${command.slice(0, 200)}`)
  const escaped = /^\\([\s\S])/.exec(rest)
  if (escaped) return [2, escaped[1] ?? '']
  const plain = /^[^\s'"\\]+/.exec(rest)?.[0] ?? rest.slice(0, 1)
  return [plain.length, plain]
}

/** The same words as one line that a POSIX shell, and `shellWords`, reads back. `${PORT}` of llama-swap stays bare. */
export const shellLine = (words: readonly string[]): string => words.map(quoted).join(' ')

const quoted = (word: string): string => (/^[\w@%+=:,./${}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
