import type { ImportedModel } from '../../contract/exchange'
import { startRequestSchema } from '../../contract/instance'
import type { Setting, SettingValues } from '../../contract/runtime'
import type { ReadCommand, Runtime } from '../runtimes/runtime'
import { unwrapCommand } from './unwrap-command'

export type Start = Pick<ImportedModel, 'runtime' | 'file' | 'repository' | 'request' | 'notes'>
type Command = { command: readonly string[]; environment: readonly string[] }

/** The first runtime that knows the command as its own says what it means; what it does not take is named, line by line. */
export function startOf({ command, environment }: Command, runtimes: readonly Runtime[]): Start {
  const unwrapped = unwrapCommand(command)
  const variables = [...environment, ...unwrapped.environment]
  for (const runtime of runtimes) {
    const found = firstOf(unwrapped.candidates, runtime)
    if (!found) continue
    const { settings, notes } = settingsOf(variables, runtime.settings ?? [])
    const { flags, refused } = allowed(found.flags, runtime.launch?.refusedFlags ?? {})
    const request = startRequestSchema.parse({ ...found.request, runtime: runtime.id, build: null, model: '', flags, settings })
    const file = found.file === null ? null : unwrapped.place(found.file)
    return {
      ...{ runtime: runtime.id, file, repository: found.repository, request },
      notes: [...notes, ...unwrapped.notes, ...refused, ...found.notes],
    }
  }
  const stranger = 'Its command is of no runtime that Roundhouse knows; attach its address once it runs.'
  return { runtime: null, file: null, repository: null, request: null, notes: [...variables.map(lost), stranger] }
}

function firstOf(candidates: readonly (readonly string[])[], { readCommand }: Runtime): ReadCommand | null {
  for (const candidate of candidates) {
    const found = readCommand?.(candidate) ?? null
    if (found) return found
  }
  return null
}

const lost = (variable: string) => `This variable is not taken over: ${withoutSecret(variable)}`

/** Keys and tokens are named, and not told. */
const withoutSecret = (variable: string) =>
  /^[^=]*(?:KEY|TOKEN|SECRET|PASSWORD)[^=]*=/i.test(variable) ? `${variable.split('=')[0]}=…` : variable

/** Variables that are settings of the runtime become these. */
function settingsOf(variables: readonly string[], known: readonly Setting[]): { settings: SettingValues; notes: string[] } {
  const settings: SettingValues = {}
  const notes: string[] = []
  for (const variable of variables) {
    const [name = '', ...rest] = variable.split('=')
    const setting = known.find(each => each.environment === name)
    const value = setting ? valueOf(setting, rest.join('=')) : null
    if (setting && value !== null) settings[setting.id] = value
    else notes.push(lost(variable))
  }
  return { settings, notes }
}

function valueOf({ value }: Setting, text: string): string | number | boolean | null {
  if (value.kind === 'number') return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null
  if (value.kind === 'choice') return value.options.includes(text) ? text : null
  if (value.kind === 'text') return text
  return /^(?:1|true|on|yes)$/i.test(text) ? true : /^(?:0|false|off|no)$/i.test(text) ? false : null
}

const nameOf = (word: string) => (word.split('=')[0] ?? word).replaceAll('_', '-')

/** Flags that nobody may pass on are left out with their values, each with its reason. */
function allowed(flags: readonly string[], refusals: Readonly<Record<string, string>>): { flags: string[]; refused: string[] } {
  const kept: string[] = []
  const refused: string[] = []
  for (let at = 0; at < flags.length; at += 1) {
    const word = flags[at] ?? ''
    const reason = word.startsWith('-') ? refusals[nameOf(word)] : undefined
    if (reason === undefined) {
      kept.push(word)
      continue
    }
    const next = flags[at + 1]
    const hasValue = !word.includes('=') && next !== undefined && !/^--?[A-Za-z]/.test(next)
    refused.push(`${hasValue ? `${word} ${next}` : word} is left out: ${reason}`)
    if (hasValue) at += 1
  }
  return { flags: kept, refused }
}
