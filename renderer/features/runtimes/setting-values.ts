import type { Setting, SettingValues } from '../../../electron/contract/runtime'

export type SettingValue = SettingValues[string]

/** What the runtime does when nothing is passed, in words. */
export function defaultWords({ value }: Setting): string {
  if (value.kind === 'switch') return value.default ? 'on' : 'off'
  return value.default === null ? 'it chooses' : `${value.default}${value.kind === 'number' && value.unit ? ` ${value.unit}` : ''}`
}

/** What is wrong with a text for a number; null when nothing is. */
export function numberProblem({ value }: Setting, text: string): string | null {
  if (value.kind !== 'number') return null
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number)) return 'A number.'
  if (value.integer && !Number.isInteger(number)) return 'A whole number.'
  if (number < value.least || number > value.most) return `From ${value.least} to ${value.most}.`
  return null
}

/** The values with one changed; null takes it back to what the runtime does by itself. */
export function changed(values: SettingValues, id: string, value: SettingValue | null): SettingValues {
  const others = Object.fromEntries(Object.entries(values).filter(([each]) => each !== id))
  return value === null ? others : { ...others, [id]: value }
}

const groupTitles: Readonly<Record<Setting['group'], string>> = {
  memory: 'Memory',
  speed: 'Speed',
  serving: 'Serving',
  models: 'Models',
  logging: 'Logging',
}

/** Settings that match the words, by group and in the order of the groups; empty groups are left out. */
export function grouped(settings: readonly Setting[], search: string): { title: string; settings: Setting[] }[] {
  const words = search.trim().toLowerCase()
  const found = settings.filter(({ id, title, help, flag, environment }) =>
    [id, title, help, flag, environment].some(each => each?.toLowerCase().includes(words)),
  )
  return Object.entries(groupTitles)
    .map(([group, title]) => ({ title, settings: found.filter(each => each.group === group) }))
    .filter(each => each.settings.length > 0)
}
