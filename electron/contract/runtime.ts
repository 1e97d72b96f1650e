import * as z from 'zod'
import { musts } from './need'

export const verdictSchema = z.discriminatedUnion('can', [
  /** `how`: natively, inside WSL2, or in a container. `backends`: `cuda`, `metal`, `vulkan`, `rocm`, `cpu`, best first. */
  z.object({
    can: z.literal(true),
    how: z.enum(['native', 'wsl2', 'container', 'remote']),
    backends: z.array(z.string()),
    notes: z.array(z.string()),
    /** Why it is never recommended here although it can be started by hand; absent = it is a contender. */
    notAdvised: z.string().optional(),
    /** Must-haves that it fulfils elsewhere, but not on this hardware. */
    lacks: z.array(z.enum(musts)).optional(),
  }),
  z.object({ can: z.literal(false), why: z.string() }),
])
/** Whether a runtime can run on this machine, and why not. */
export type RuntimeVerdict = z.infer<typeof verdictSchema>

/**
 * One thing a person may set about a runtime. `flag` or `environment` is how it reaches the runtime; the value `default` is
 * what the runtime does when nothing is passed, null when it chooses by itself.
 */
export const settingSchema = z.object({
  /** `maxNumSeqs`; key of `settings` in a start request. */
  id: z.string(),
  title: z.string(),
  help: z.string(),
  group: z.enum(['memory', 'speed', 'serving', 'models', 'logging']),
  flag: z.string().nullable(),
  environment: z.string().nullable(),
  value: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('number'),
      integer: z.boolean(),
      least: z.number(),
      most: z.number(),
      unit: z.string().nullable(),
      default: z.number().nullable(),
    }),
    z.object({ kind: z.literal('choice'), options: z.array(z.string()), default: z.string().nullable() }),
    /** `flag` switches it on; `off`, where there is one, switches it off. */
    z.object({ kind: z.literal('switch'), off: z.string().nullable(), default: z.boolean() }),
    /** `json`: the text has to be a JSON object. */
    z.object({ kind: z.literal('text'), default: z.string().nullable(), json: z.literal(true).optional() }),
  ]),
  source: z.string(),
})
export type Setting = z.infer<typeof settingSchema>

export const settingValuesSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]))
export type SettingValues = z.infer<typeof settingValuesSchema>

export const buildSchema = z.object({
  /** `runtime@version[+variant]`. */
  id: z.string(),
  runtime: z.string(),
  /** Which kind of build of its runtime: `built-in`, `llama-server`, `ollama`. */
  kind: z.string(),
  title: z.string(),
  version: z.string().nullable(),
  variant: z.string().nullable(),
  /** `managed`: installed by us. `adopted`: found on the machine. `bundled`: part of the app. `running`: a server that runs already. */
  origin: z.enum(['bundled', 'managed', 'adopted', 'running']),
  /** Executable, or address of a running server; null for the bundled engine. */
  path: z.string().nullable(),
  backends: z.array(z.string()),
  notes: z.array(z.string()),
  /** Of a container build: `name@sha256:<hex>`; `path` is then the container engine. */
  image: z.string().optional(),
})
export type Build = z.infer<typeof buildSchema>

/** What an install would fetch, from where, before it is done. */
export const installOfferSchema = z.object({
  id: z.string(),
  runtime: z.string(),
  title: z.string(),
  source: z.string(),
  bytes: z.number().nullable(),
  /** Null when it can be done here and now. */
  why: z.string().nullable(),
})
export type InstallOffer = z.infer<typeof installOfferSchema>

export const runtimeSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  purpose: z.string(),
  homepage: z.string(),
  verdict: verdictSchema,
  launchable: z.boolean(),
  builds: z.array(buildSchema),
  offers: z.array(installOfferSchema),
})
export type RuntimeSummary = z.infer<typeof runtimeSummarySchema>
