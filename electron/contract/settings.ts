import * as z from 'zod'
import { needSchema } from './need'

const fields = {
  theme: z.enum(['system', 'light', 'dark']),
  gatewayPort: z.int().min(1024).max(65535),
  /** Where downloads go; null is models/ in the home. */
  modelsFolder: z.string().nullable(),
  /** Address of a hub mirror; null is the public one or ROUNDHOUSE_HUB. */
  hubAddress: z.url({ protocol: /^https?$/ }).nullable(),
  askBeforeQuit: z.boolean(),
  need: needSchema,
}

export const settingsSchema = z.object({
  theme: fields.theme.default('system'),
  gatewayPort: fields.gatewayPort.default(4700),
  modelsFolder: fields.modelsFolder.default(null),
  hubAddress: fields.hubAddress.default(null),
  askBeforeQuit: fields.askBeforeQuit.default(true),
  need: fields.need.default(() => needSchema.parse({})),
})
export type Settings = z.infer<typeof settingsSchema>

/** A change of some fields. Made from fields without defaults: zod 4 fills defaults in even under `optional`. */
export const settingsChangeSchema = z.object(fields).partial()
export type SettingsChange = z.infer<typeof settingsChangeSchema>
