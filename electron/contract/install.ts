import * as z from 'zod'
import { installOfferSchema, settingValuesSchema, verdictSchema } from './runtime'

/** What an install would do, before it is done. Bytes; null = not known beforehand. */
export const installPlanSchema = z.object({
  /** What is fetched, and the page or address it comes from. */
  fetches: z.array(z.object({ name: z.string(), from: z.string(), bytes: z.number().nullable() })),
  downloadBytes: z.number().nullable(),
  /** What lies on the disk at the worst moment of the install, archive and unpacked files together. */
  diskBytes: z.number().nullable(),
  freeBytes: z.number().nullable(),
  /** False when it would leave less than a GB on the disk. */
  fits: z.boolean(),
  seconds: z.number().nullable(),
  /** What the time is based on. */
  secondsHow: z.string(),
  /** Commands that would run, one argument each. */
  commands: z.array(z.array(z.string())),
  /** What the person does by hand, for installers of a maker. */
  steps: z.array(z.string()),
  page: z.string().nullable(),
  /** It changes the machine outside our folder: `install` wants `agreed: true`. */
  needsAgreement: z.boolean(),
  notes: z.array(z.string()),
})
export type InstallPlanDetail = z.infer<typeof installPlanSchema>

export const installKinds = ['github-release', 'python-venv', 'package-manager', 'container', 'vendor'] as const

/** An offer with everything a person wants to see before saying yes. */
export const offerDetailSchema = installOfferSchema.extend({
  fetchKind: z.enum(installKinds),
  /** Kind of build that it makes, `llama-server`. */
  kind: z.string(),
  version: z.string().nullable(),
  variant: z.string(),
  backends: z.array(z.string()),
  /** Build id that this is another version of: offered as an update beside it. */
  updates: z.string().nullable(),
  plan: installPlanSchema,
})
export type OfferDetail = z.infer<typeof offerDetailSchema>

/** One figure of two builds beside each other. `better` and `worse` are of the new one. */
export const figureSchema = z.object({
  what: z.enum(['golden', 'decode', 'ttft', 'memory', 'placement', 'start']),
  title: z.string(),
  unit: z.string().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  /** In words, where a number does not say it: the placement, or why a figure is missing. */
  beforeText: z.string(),
  afterText: z.string(),
  verdict: z.enum(['better', 'same', 'worse', 'unknown']),
})
export type Figure = z.infer<typeof figureSchema>

/** A finished update: both builds tried on the engine test, compared, and what came of it. */
export const updateRecordSchema = z.object({
  id: z.string(),
  runtime: z.string(),
  kind: z.string(),
  /** Build ids. */
  from: z.string(),
  to: z.string(),
  figures: z.array(figureSchema),
  holds: z.boolean(),
  /** Why it does not hold, or what to know although it does. */
  why: z.array(z.string()),
  switched: z.boolean(),
  insisted: z.boolean(),
  rolledBack: z.boolean(),
  /** Saved settings before and after; those that the new build does not know are left out, with the reason in `dropped`. */
  settings: z.object({ before: settingValuesSchema, after: settingValuesSchema }),
  dropped: z.array(z.object({ setting: z.string(), why: z.string() })),
  at: z.string(),
})
export type UpdateRecord = z.infer<typeof updateRecordSchema>

/** What an update would do, before it is done. */
export const updatePlanSchema = z.object({
  from: z.object({ build: z.string(), title: z.string(), version: z.string().nullable() }),
  to: z.object({ title: z.string(), version: z.string().nullable(), build: z.string().nullable(), offer: z.string().nullable() }),
  /** Null when the new build is here already. */
  install: installPlanSchema.nullable(),
  /** What is done, in order, one sentence each. */
  steps: z.array(z.string()),
})
export type UpdatePlan = z.infer<typeof updatePlanSchema>

/** What removing a build would free; measured on the disk now. */
export const removalSchema = z.object({
  build: z.string(),
  title: z.string(),
  folder: z.string().nullable(),
  bytes: z.number(),
  files: z.int(),
  removable: z.boolean(),
  /** Null when it can be removed. */
  why: z.string().nullable(),
  /** What stays, one sentence each. */
  stays: z.array(z.string()),
  /** Build that a start without a named build would take afterwards; null when none is left. */
  next: z.string().nullable(),
})
export type Removal = z.infer<typeof removalSchema>

/** One place that was looked at, and what was there. */
export const doctorLookSchema = z.object({
  kind: z.string(),
  what: z.enum(['app', 'managed', 'command', 'place', 'server', 'version', 'flags', 'devices', 'container', 'service', 'asked']),
  where: z.string(),
  outcome: z.enum(['found', 'missing', 'failed', 'not-this-program', 'no-answer', 'timed-out']),
  detail: z.string().nullable(),
})
export type DoctorLook = z.infer<typeof doctorLookSchema>

export const doctorReportSchema = z.object({
  runtime: z.string(),
  title: z.string(),
  verdict: verdictSchema,
  looks: z.array(doctorLookSchema),
  /** Ids of the builds that were found. */
  builds: z.array(z.string()),
  /** What to do next, one sentence each. */
  advice: z.array(z.string()),
  /** Empty unless asked for. */
  recordings: z.array(z.object({ name: z.string(), text: z.string() })),
  at: z.string(),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

/** The exact command that a start would run with these values, and what had to be left out. */
export const renderedSchema = z.object({
  build: z.string().nullable(),
  command: z.array(z.string()),
  /** Commands that come before it, for runtimes that are a service of their own. */
  before: z.array(z.array(z.string())),
  /** Environment that is set besides; secrets are shown as dots. */
  environment: z.record(z.string(), z.string()),
  /** `setting` is an id of the runtime's settings; null when it concerns a flag. */
  problems: z.array(
    z.object({
      kind: z.enum(['unknown-flag', 'out-of-range', 'unknown-setting', 'refused', 'not-startable']),
      setting: z.string().nullable(),
      text: z.string(),
    }),
  ),
  /** Settings of the runtime that this build cannot take, each with a sentence that says why. */
  notOffered: z.array(z.object({ setting: z.string(), why: z.string() })),
})
export type Rendered = z.infer<typeof renderedSchema>
