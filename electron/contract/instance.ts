import * as z from 'zod'
import { settingValuesSchema } from './runtime'
import { memoryEstimateSchema, rangeSchema, speedEstimateSchema } from './decision'

/** A button that would fix a failure: what it does and the request it makes. */
export const fixSchema = z.object({
  title: z.string(),
  detail: z.string().nullable(),
  action: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('restart-with'),
      contextTokens: z.int().optional(),
      slots: z.int().optional(),
      port: z.int().optional(),
      flags: z.array(z.string()).optional(),
      gpuLayers: z.int().optional(),
    }),
    z.object({ kind: z.literal('download-again'), model: z.string() }),
    z.object({ kind: z.literal('choose-file'), model: z.string() }),
    z.object({ kind: z.literal('choose-model') }),
    z.object({ kind: z.literal('stop-instance'), instance: z.string() }),
    z.object({ kind: z.literal('remove-model'), model: z.string() }),
    z.object({ kind: z.literal('retry') }),
    z.object({ kind: z.literal('install'), build: z.string() }),
  ]),
})
export type Fix = z.infer<typeof fixSchema>

/** Why a start or a run failed, for the person: cause in a few words, the explanation, the lines that prove it, the fixes. */
export const autopsySchema = z.object({
  /** Class of the failure: `port-taken`, `not-a-gguf`, `truncated`, `out-of-memory`, `bad-flag`, `file-missing`, `crashed`, `stalled`, ... */
  cause: z.string(),
  headline: z.string(),
  explanation: z.string(),
  lines: z.array(z.string()),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** A permanent cause is not retried: the next start would fail the same way. */
  permanent: z.boolean(),
  fixes: z.array(fixSchema),
  at: z.string(),
})
export type Autopsy = z.infer<typeof autopsySchema>

/** Life of an instance. The supervisor is the only writer. */
export const instanceStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('starting'), since: z.string(), progress: z.number().nullable(), step: z.string() }),
  z.object({ kind: z.literal('ready'), since: z.string() }),
  z.object({ kind: z.literal('stopping'), since: z.string() }),
  z.object({ kind: z.literal('stopped'), since: z.string() }),
  z.object({ kind: z.literal('backoff'), since: z.string(), retryAt: z.string(), autopsy: autopsySchema }),
  z.object({ kind: z.literal('failed'), since: z.string(), autopsy: autopsySchema }),
  z.object({ kind: z.literal('stuck'), since: z.string(), why: z.string() }),
])
export type InstanceState = z.infer<typeof instanceStateSchema>

/** What was seen right after a load: where it is, what it takes, how fast it is. Null = could not be measured, `why` says it. */
export const proofSchema = z.object({
  placement: z.object({
    text: z.string(),
    gpuLayers: z.int().nullable(),
    layers: z.int().nullable(),
    verified: z.boolean(),
    how: z.string(),
  }),
  memoryMiB: z.number().nullable(),
  memoryHow: z.string(),
  ttftMs: z.number().nullable(),
  /** Tokens of the prompt that `ttftMs` is of, as far as they had to be read; null where the engine did not count. Absent in older records. */
  promptTokens: z.int().nullable().optional(),
  /** What was to be expected of `ttftMs` for that prompt; null where nothing could be said. Absent in older records. */
  ttftExpectedMs: rangeSchema.nullable().optional(),
  decodeTokensPerSecond: z.number().nullable(),
  contextTokens: z.int().nullable(),
  threads: z.int().nullable(),
  /** The canary: all golden answers right; null when another model was loaded. */
  golden: z.object({ asked: z.int(), right: z.int(), wrong: z.array(z.string()) }).nullable(),
  /** Tokens that the draft model guessed and those that were right; null or absent without one. */
  draft: z.object({ guessed: z.int(), accepted: z.int() }).nullable().optional(),
  why: z.array(z.string()),
  at: z.string(),
})
export type Proof = z.infer<typeof proofSchema>

/** What a person or a decision asks to be started. */
export const startRequestSchema = z.object({
  runtime: z.string(),
  /** A build id; null takes the best one that is here. */
  build: z.string().nullable(),
  /** Library or catalogue id (`org/name:artifact`). */
  model: z.string(),
  contextTokens: z.int().min(128).nullable().default(null),
  slots: z.int().min(1).max(1024).nullable().default(null),
  threads: z.int().min(1).nullable().default(null),
  gpuLayers: z.int().min(0).nullable().default(null),
  kvQuantisation: z.enum(['f16', 'q8_0', 'q4_0']).nullable().default(null),
  port: z.int().min(1024).max(65535).nullable().default(null),
  /** Extra flags as the person typed them, one argument each. */
  flags: z.array(z.string()).default([]),
  /** A small model that guesses tokens ahead (library or catalogue id); a build that cannot do it starts without. */
  draft: z.string().nullable().optional(),
  /** Values of the runtime's typed settings, by their id. */
  settings: settingValuesSchema.optional(),
  /** False starts without what reads images, though it is here. */
  images: z.boolean().optional(),
  /** The person was warned that it does not fit and insists. */
  insist: z.boolean().default(false),
})
export type StartRequest = z.infer<typeof startRequestSchema>

export const instanceSchema = z.object({
  /** `llama-cpp-1`: short, unique within one host run. */
  id: z.string(),
  runtime: z.string(),
  runtimeTitle: z.string(),
  build: z.string(),
  buildTitle: z.string(),
  model: z.string(),
  modelTitle: z.string(),
  engineTest: z.boolean(),
  /** Model name on the gateway. */
  route: z.string(),
  /** True for servers that we did not start and never stop. */
  adopted: z.boolean(),
  state: instanceStateSchema,
  /** The runtime's own process; null when there is none or it is remote. */
  pid: z.int().nullable(),
  /** Base address ending in /v1, or `unix:PATH`. */
  address: z.string().nullable(),
  command: z.array(z.string()),
  contextTokens: z.int().nullable(),
  slots: z.int().nullable(),
  threads: z.int().nullable(),
  estimate: memoryEstimateSchema.nullable(),
  speedEstimate: speedEstimateSchema.nullable(),
  proof: proofSchema.nullable(),
  /** Resident memory now, from the OS. */
  residentMiB: z.number().nullable(),
  restarts: z.int(),
  lastRestartWhy: z.string().nullable(),
  /** Something to know while it runs: threads were reduced, speed collapsed. */
  notices: z.array(z.object({ at: z.string(), text: z.string() })),
  /** When it was asked for. */
  startedAt: z.string(),
  /** When the process of now or of last was begun: later than `startedAt` after a restart by the supervisor. Absent before the first. */
  upSince: z.string().optional(),
  request: startRequestSchema.nullable(),
})
export type Instance = z.infer<typeof instanceSchema>

export const logLineSchema = z.object({
  sequence: z.int(),
  at: z.string(),
  stream: z.enum(['out', 'err', 'note']),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
})
export type LogLine = z.infer<typeof logLineSchema>

export const instancesEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), instances: z.array(instanceSchema) }),
  z.object({ type: z.literal('changed'), instance: instanceSchema }),
  z.object({ type: z.literal('removed'), id: z.string() }),
])
export type InstancesEvent = z.infer<typeof instancesEventSchema>

export const logEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), lines: z.array(logLineSchema), dropped: z.int() }),
  z.object({ type: z.literal('lines'), lines: z.array(logLineSchema) }),
])
export type LogEvent = z.infer<typeof logEventSchema>
