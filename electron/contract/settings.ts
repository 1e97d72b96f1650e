import * as z from 'zod'
import { needSchema } from './need'

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  gatewayPort: z.int().min(1024).max(65535).default(4700),
  /** Where downloads go; null is models/ in the home. */
  modelsFolder: z.string().nullable().default(null),
  /** Address of a hub mirror; null is the public one or ROUNDHOUSE_HUB. */
  hubAddress: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  askBeforeQuit: z.boolean().default(true),
  need: needSchema.default(() => needSchema.parse({})),
})
export type Settings = z.infer<typeof settingsSchema>
