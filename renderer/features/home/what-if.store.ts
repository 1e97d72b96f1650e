import { create } from 'zustand'
import type { MachineEdit, Shopping, WhatIf, WhatIfInput } from '../../../electron/contract/what-if'
import type { Need } from '../../../electron/contract/need'

/** What the person plays with; nothing of it is kept or started. */
export interface WhatIfChoice {
  machine: MachineEdit
  users: number | null
  contextTokens: number | null
  artifact: string | null
}

export const asItIs: WhatIfChoice = { machine: {}, users: null, contextTokens: null, artifact: null }

export interface WhatIfStore {
  choice: WhatIfChoice
  answer: WhatIf | null
  shopping: Shopping | null
  failure: string | null
}

export const useWhatIf = create<WhatIfStore>(() => ({ choice: asItIs, answer: null, shopping: null, failure: null }))

export const choose = (change: Partial<WhatIfChoice>): void => useWhatIf.setState(({ choice }) => ({ choice: { ...choice, ...change } }))

/** The machine with one thing changed; `undefined` takes the change back. */
export function edited(machine: MachineEdit, change: { [Field in keyof MachineEdit]: MachineEdit[Field] | undefined }): MachineEdit {
  const entries = Object.entries({ ...machine, ...change }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries)
}

/** The question to the host; null when nothing is different. */
export function questionOf(need: Need, { machine, users, contextTokens, artifact }: WhatIfChoice): WhatIfInput | null {
  const change = { ...(users === null ? {} : { users }), ...(contextTokens === null ? {} : { contextTokens }) }
  const touched = Object.keys(machine).length > 0
  if (!touched && Object.keys(change).length === 0 && artifact === null) return null
  return { need, change, ...(touched ? { machine } : {}), ...(artifact === null ? {} : { artifact }) }
}
