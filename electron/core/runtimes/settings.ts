import { Failure } from '../../contract/failure'
import type { Setting, SettingValues } from '../../contract/runtime'

/** A value that was not passed on, and why, as a sentence that can be shown. */
export type DroppedSetting = { id: string; why: string }

export type RenderedSettings = {
  args: string[]
  env: Record<string, string>
  dropped: DroppedSetting[]
}

type SettingValue = SettingValues[string]

/** Longest text that is passed on: far below the 128 KiB that Linux takes for one argument (MAX_ARG_STRLEN). */
const textLengthMost = 16_384

/**
 * What a person set, as arguments and environment of the runtime, in the order of `settings`. `knownFlags` are the flags that
 * this build named in its `--help`; null when it was not asked, and then every flag is passed. A flag that the build does not
 * have is not passed but told in `dropped`.
 *
 * Throws Failure `bad-input` for a value that no build would take: an unknown id, a number outside its limits, a choice that is not offered.
 */
export function settingsToArguments(
  settings: readonly Setting[],
  values: SettingValues | undefined,
  knownFlags: ReadonlySet<string> | null | undefined,
): RenderedSettings {
  checkSettings(settings, values)
  const rendered: RenderedSettings = { args: [], env: {}, dropped: [] }
  for (const setting of settings) {
    const value = values?.[setting.id]
    if (value !== undefined) renderOne(setting, { value, knownFlags: knownFlags ?? null, rendered })
  }
  return rendered
}

/** Throws Failure `bad-input` with a sentence for the first value that cannot be right. */
export function checkSettings(settings: readonly Setting[], values: SettingValues | undefined): void {
  for (const [id, value] of Object.entries(values ?? {})) {
    const setting = settings.find(each => each.id === id)
    if (!setting) throw new Failure('bad-input', unknownSetting(settings, id))
    const wrong = problemOf(setting, value)
    if (wrong !== null) throw new Failure('bad-input', `${setting.title}: ${wrong}`)
  }
}

function unknownSetting(settings: readonly Setting[], id: string): string {
  if (settings.length === 0) return `There is no setting named ${id}: this runtime has none.`
  return `There is no setting named ${id}. It has ${settings.map(each => each.id).join(', ')}.`
}

/** What is wrong with a value, as a sentence; null when it can be passed on. */
function problemOf({ flag, value: kind }: Setting, value: SettingValue): string | null {
  switch (kind.kind) {
    case 'number':
      return numberProblem(kind, value)
    case 'choice':
      return typeof value === 'string' && kind.options.includes(value) ? null : `${shown(value)} is not one of ${kind.options.join(', ')}.`
    case 'switch':
      return typeof value === 'boolean' ? null : `${shown(value)} is neither on nor off.`
    case 'text':
      return textProblem(value, flag) ?? (kind.json ? jsonProblem(String(value)) : null)
  }
}

function numberProblem(kind: Extract<Setting['value'], { kind: 'number' }>, value: SettingValue): string | null {
  const unit = kind.unit === null ? '' : ` ${kind.unit}`
  if (typeof value !== 'number' || !Number.isFinite(value)) return `${shown(value)} is not a number.`
  if (kind.integer && !Number.isInteger(value)) return `${value} is not a whole number.`
  if (value < kind.least) return `${value}${unit} is less than the least, ${kind.least}${unit}.`
  return value > kind.most ? `${value}${unit} is more than the most, ${kind.most}${unit}.` : null
}

function textProblem(value: SettingValue, flag: string | null): string | null {
  if (typeof value !== 'string') return `${shown(value)} is not a text.`
  if (value.trim() === '') return 'it is empty; leave it out instead.'
  if (value.length > textLengthMost) return `it is longer than ${textLengthMost} characters.`
  if (flag !== null && value.startsWith('-')) return `${shown(value)} begins with a dash and would be read as a flag.`
  return /\p{Cc}/u.test(value.replaceAll(/[\t\n]/g, '')) ? 'it has control characters in it.' : null
}

function jsonProblem(value: string): string | null {
  const told = 'it is not a JSON object, such as {"name": "value"}.'
  try {
    const read: unknown = JSON.parse(value)
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? null : told
  } catch {
    return told
  }
}

const shown = (value: SettingValue) => (typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value))

type Means = { value: SettingValue; knownFlags: ReadonlySet<string> | null; rendered: RenderedSettings }

function renderOne(setting: Setting, { value, knownFlags, rendered }: Means): void {
  const { id, title, environment } = setting
  const words = flagWords(setting, value)
  if (words === null) {
    if (environment !== null) rendered.env[environment] = environmentValue(value)
    else if (!isDefault(setting, value)) rendered.dropped.push({ id, why: `${title} has no flag that sets it to ${wordOf(value)}.` })
    return
  }
  const [flag = ''] = words
  if (knownFlags !== null && !knownFlags.has(flag)) {
    rendered.dropped.push({ id, why: `${title} was left out: this build has no ${flag}.` })
    return
  }
  rendered.args.push(...words)
}

/** The arguments for a value, flag first; null when no flag says it. */
function flagWords({ flag, value: kind }: Setting, value: SettingValue): string[] | null {
  if (kind.kind !== 'switch') return flag === null ? null : [flag, String(value)]
  const word = value === true ? flag : kind.off
  return word === null ? null : [word]
}

const isDefault = ({ value: kind }: Setting, value: SettingValue) => kind.default === value
const environmentValue = (value: SettingValue) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))
const wordOf = (value: SettingValue) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value))
