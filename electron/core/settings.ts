import { settingsSchema, type Settings, type SettingsChange } from '../contract/settings'
import { createEventBus } from './lib/event-bus'
import type { Collection } from './store/store.types'

const ID = 'settings'

export type SettingsService = {
  get(): Settings
  /** Changes the named fields and keeps the others. */
  change(changes: SettingsChange): Settings
  subscribe(listener: (settings: Settings) => void): () => void
}

/** The one set of settings of a home. */
export function createSettings(collection: Collection<Settings>): SettingsService {
  const bus = createEventBus<Settings>()
  let current = collection.get(ID) ?? settingsSchema.parse({})
  return {
    get: () => current,
    change(changes) {
      const changed = settingsSchema.parse({ ...current, ...changes })
      collection.set(ID, changed)
      current = changed
      bus.emit(current)
      return current
    },
    subscribe: bus.subscribe,
  }
}
