import { expect, test } from 'vitest'
import { settingsChangeSchema, settingsSchema, type Settings } from '../../electron/contract/settings'
import { createSettings } from '../../electron/core/settings'

function memoryCollection() {
  const rows = new Map<string, Settings>()
  return {
    get: (id: string) => rows.get(id) ?? null,
    set: (id: string, value: Settings) => void rows.set(id, value),
    remove: (id: string) => void rows.delete(id),
    all: () => [...rows].map(([id, value]) => ({ id, value })),
  }
}

test('a change of one field keeps the others, and is there after a restart', () => {
  const rows = memoryCollection()
  const settings = createSettings(rows)
  settings.change({ gatewayPort: 5100 })
  settings.change(settingsChangeSchema.parse({ theme: 'dark' }))
  expect(createSettings(rows).get()).toEqual({ ...settingsSchema.parse({}), gatewayPort: 5100, theme: 'dark' })
})

test('everyone who watches hears of a change', () => {
  const settings = createSettings(memoryCollection())
  const heard: string[] = []
  settings.subscribe(now => heard.push(now.theme))
  settings.change({ theme: 'light' })
  expect(heard).toEqual(['light'])
})
