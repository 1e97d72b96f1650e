import { parse, stringify } from 'yaml'
import { Failure } from '../../contract/failure'

/** The longest file that is read: far above what a person writes, far below what would hold up the host. */
const lengthMost = 1_000_000

/** Reads YAML as plain data. Throws Failure `bad-input` with the place of what cannot be read. */
export function readYaml(text: string): unknown {
  if (text.length > lengthMost) throw new Failure('bad-input', `The file is longer than ${lengthMost} characters.`)
  try {
    // Few aliases: a file that repeats itself by the billion is no configuration.
    return parse(text, { maxAliasCount: 100, prettyErrors: true })
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new Failure('bad-input', `The file is not YAML: ${sentence}`, { cause: error })
  }
}

export const writeYaml = (value: unknown): string => stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN' })
