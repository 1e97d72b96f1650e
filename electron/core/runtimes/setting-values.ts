import type { Setting } from '../../contract/runtime'

/** The kinds of value that a setting may have, in a word each; `default` is what happens when nothing is set, null = the runtime chooses. */

type Value = Setting['value']

export const whole = (least: number, most: number, options: { unit?: string; default?: number } = {}): Value => ({
  ...{ kind: 'number', integer: true, least, most },
  ...{ unit: options.unit ?? null, default: options.default ?? null },
})

export const decimal = (least: number, most: number, options: { unit?: string; default?: number } = {}): Value => ({
  ...{ kind: 'number', integer: false, least, most },
  ...{ unit: options.unit ?? null, default: options.default ?? null },
})

export const oneOf = (options: readonly string[], preset: string | null = null): Value => ({
  kind: 'choice',
  options: [...options],
  default: preset,
})

/** `off` is the flag that switches it off, where there is one. */
export const toggle = (preset: boolean, off: string | null = null): Value => ({ kind: 'switch', off, default: preset })

export const words = (preset: string | null = null): Value => ({ kind: 'text', default: preset })

/** A JSON object. */
export const json = (): Value => ({ kind: 'text', default: null, json: true })

/** Settings of one group and one source, so that each says only what is its own. */
export const settingsOf = (
  common: Pick<Setting, 'group' | 'source'>,
  own: readonly (Pick<Setting, 'id' | 'title' | 'help' | 'value'> & { flag?: string; environment?: string })[],
): Setting[] => own.map(each => ({ ...common, ...each, flag: each.flag ?? null, environment: each.environment ?? null }))
