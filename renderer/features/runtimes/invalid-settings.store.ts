import { create } from 'zustand'

/** A field whose text is no value: it is not passed, and a start is refused until it is put right. */
export interface InvalidSetting {
  title: string
  why: string
}

interface InvalidStore {
  /** By runtime and setting. */
  invalid: Readonly<Record<string, Readonly<Record<string, InvalidSetting>>>>
}

export const useInvalidSettings = create<InvalidStore>(() => ({ invalid: {} }))

/** Notes what is wrong with a field; null when nothing is any more. */
export function noteInvalid(runtime: string, setting: string, what: InvalidSetting | null): void {
  useInvalidSettings.setState(({ invalid }) => {
    const others = Object.fromEntries(Object.entries(invalid[runtime] ?? {}).filter(([id]) => id !== setting))
    return { invalid: { ...invalid, [runtime]: what === null ? others : { ...others, [setting]: what } } }
  })
}

/** `Slots: from 1 to 64.`, a sentence for each field that is wrong. */
export const invalidWords = (fields: readonly InvalidSetting[]): string[] => fields.map(({ title, why }) => `${title}: ${why}`)
