import * as z from 'zod'
import { evidenceSchema } from './decision'
import { needSchema } from './need'

/** Changes to a machine, to see what they would bring: another card, several of them, more memory. */
export const machineEditSchema = z.strictObject({
  /** Name of a card in the GPU table, in place of the cards that are there; `none` takes them out. Absent keeps them. */
  gpu: z.string().optional(),
  /** How many of the card. */
  count: z.int().min(1).max(8).optional(),
  /** Main memory, GiB. */
  memoryGiB: z.number().min(1).max(4096).optional(),
})
export type MachineEdit = z.infer<typeof machineEditSchema>

export const whatIfInputSchema = z.strictObject({
  /** The need as it stands. */
  need: needSchema,
  /** What would be different of it. */
  change: needSchema.partial().optional(),
  machine: machineEditSchema.optional(),
  /** A quantisation to insist on, by the id of its artifact: `Q8_0`. */
  artifact: z.string().optional(),
})
export type WhatIfInput = z.infer<typeof whatIfInputSchema>

/** A decision in the few figures that are laid side by side. */
export const outcomeSchema = z.object({
  runtime: z.string(),
  runtimeTitle: z.string(),
  modelTitle: z.string(),
  artifact: z.string(),
  contextTokens: z.int(),
  slots: z.int(),
  qualityPoints: z.number().nullable(),
  /** Tok/s, middle of the estimate. */
  oneUser: z.number().nullable(),
  users: z.number().nullable(),
  ttftMs: z.number().nullable(),
  usedMiB: z.number(),
  totalMiB: z.number(),
  gpuLayers: z.int(),
  layers: z.int(),
  headline: z.string(),
  because: z.string(),
})
export type Outcome = z.infer<typeof outcomeSchema>

export const whatIfSchema = z.object({
  before: outcomeSchema.nullable(),
  after: outcomeSchema.nullable(),
  /** What is different and why, most important first; one entry that says so when nothing is. */
  trace: z.array(z.object({ what: z.string(), text: z.string(), evidence: z.array(evidenceSchema) })),
})
export type WhatIf = z.infer<typeof whatIfSchema>

export const shoppingSchema = z.object({
  /** Cards that may be put in place of what is there, by name; empty where none can be (a Mac). */
  cards: z.array(
    z.object({
      name: z.string(),
      vendor: z.string(),
      vramGiB: z.number(),
      bandwidthGBps: z.number().nullable(),
      /** Page that its figures are from; null where they were put together by hand. */
      source: z.string().nullable().optional(),
    }),
  ),
  /** What some steps up would bring, cheapest memory first; only those that bring something. */
  steps: z.array(
    z.object({
      title: z.string(),
      machine: machineEditSchema,
      gain: z.string(),
      after: outcomeSchema,
      /** Page that the card's figures are from; null for what is here already and for memory. */
      source: z.string().nullable().optional(),
    }),
  ),
  /** What the list leaves open: prices, room for a card. */
  notes: z.array(z.string()).optional(),
})
export type Shopping = z.infer<typeof shoppingSchema>
