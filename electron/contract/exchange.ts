import * as z from 'zod'
import { startRequestSchema } from './instance'

export const exportFormats = ['llama-swap', 'litellm'] as const

/** A file for another program, and what it does not say. */
export const exportedSchema = z.object({ text: z.string(), notes: z.array(z.string()) })
export type Exported = z.infer<typeof exportedSchema>

/** One model of another program's file. `file` or `repository` is what it serves; null when its command does not say. */
export const importedModelSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  /** Its command, macros replaced. */
  command: z.array(z.string()),
  /** A runtime of ours that the command is of; null keeps it a command that only its author knows. */
  runtime: z.string().nullable(),
  file: z.string().nullable(),
  repository: z.string().nullable(),
  /** How we would start it, with `model` still to be filled in; null when `runtime` is. */
  request: startRequestSchema.nullable(),
  aliases: z.array(z.string()),
  /** Unloaded after so many idle seconds; null = never. */
  idleSeconds: z.number().nullable(),
  /** Models of one group are not loaded at the same time. */
  group: z.string().nullable(),
  notes: z.array(z.string()),
})
export type ImportedModel = z.infer<typeof importedModelSchema>

export const importedSchema = z.object({ models: z.array(importedModelSchema), notes: z.array(z.string()) })
export type Imported = z.infer<typeof importedSchema>
