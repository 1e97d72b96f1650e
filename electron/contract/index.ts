import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { comparisonEventSchema, comparisonSchema, comparisonSummarySchema, paneSchema } from './compare'
import { recommendationSchema } from './decision'
import { gatewayStatusSchema } from './gateway'
import { instancesEventSchema, instanceSchema, logEventSchema, startRequestSchema } from './instance'
import { jobSchema, jobsEventSchema } from './job'
import { correctionSchema, machineSchema } from './machine'
import { libraryModelSchema, modelsSnapshotSchema } from './model'
import { needSchema } from './need'
import { runtimeSummarySchema } from './runtime'
import { settingsChangeSchema, settingsSchema } from './settings'
import { systemInfoSchema } from './system'

const id = z.object({ id: z.string() })
const nothing = z.void()

/** Every stream opens with a snapshot, so that whoever connects late or again sees the whole truth. */
const watch = <Schema extends z.ZodType>(schema: Schema) => oc.output(eventIterator(schema))

/** Everything the window and the command line may ask of the host. MessagePort and WebSocket both serve exactly this. */
export const contract = {
  system: {
    info: oc.output(systemInfoSchema),
    /** The key of the gateway, for showing and copying. */
    key: oc.output(z.object({ key: z.string() })),
    /** Ends all instances and the host itself. */
    shutDown: oc.output(nothing),
  },
  machine: {
    /** The machine, again after each change; while a `live` watcher is there, free memory is read every 2 s. */
    watch: oc.input(z.object({ live: z.boolean() })).output(eventIterator(machineSchema)),
    detect: oc.output(machineSchema),
    correct: oc.input(correctionSchema).output(machineSchema),
  },
  recommend: {
    decide: oc.input(needSchema).output(recommendationSchema),
  },
  runtimes: {
    list: oc.output(z.array(runtimeSummarySchema)),
    /** Looks for builds again. */
    refresh: oc.output(z.array(runtimeSummarySchema)),
    install: oc.input(z.object({ offer: z.string() })).output(jobSchema),
  },
  models: {
    watch: watch(modelsSnapshotSchema),
    /** `id` is `org/name:artifact`. */
    download: oc.input(id).output(jobSchema),
    importFile: oc.input(z.object({ path: z.string().min(1) })).output(libraryModelSchema),
    /** Takes it out of the library; the file of an imported model is never deleted. */
    remove: oc.input(z.object({ id: z.string(), deleteFile: z.boolean() })).output(nothing),
    /** Asks the outside sources again. */
    refresh: oc.output(nothing),
  },
  jobs: {
    watch: watch(jobsEventSchema),
    cancel: oc.input(id).output(nothing),
    retry: oc.input(id).output(jobSchema),
    dismiss: oc.input(id).output(nothing),
  },
  instances: {
    watch: watch(instancesEventSchema),
    logs: oc.input(id).output(eventIterator(logEventSchema)),
    /** What would be started for this wish: the best that can be started now when nothing is named. */
    choose: oc
      .input(z.object({ model: z.string().nullable(), runtime: z.string().nullable(), contextTokens: z.int().min(128).nullable() }))
      .output(startRequestSchema),
    /** Runs install -> canary -> download -> load -> proof as one job whose result is the instance. */
    start: oc.input(startRequestSchema).output(jobSchema),
    stop: oc.input(id).output(nothing),
    restart: oc.input(z.object({ id: z.string(), request: startRequestSchema.nullable() })).output(jobSchema),
    /** Takes an ended instance off the list. */
    dismiss: oc.input(id).output(nothing),
    /** Routes to a server that runs already; it is never stopped by us. */
    attach: oc
      .input(z.object({ address: z.url({ protocol: /^https?$/ }), key: z.string().nullable(), model: z.string().nullable() }))
      .output(instanceSchema),
  },
  compare: {
    list: oc.output(z.array(comparisonSummarySchema)),
    create: oc.input(z.object({ panes: z.array(paneSchema).max(8) })).output(comparisonSchema),
    watch: oc.input(id).output(eventIterator(comparisonEventSchema)),
    setPanes: oc.input(z.object({ id: z.string(), panes: z.array(paneSchema).min(1).max(8) })).output(nothing),
    rename: oc.input(z.object({ id: z.string(), title: z.string().min(1).max(200) })).output(nothing),
    remove: oc.input(id).output(nothing),
    run: oc
      .input(z.object({ id: z.string(), prompt: z.string().min(1).max(1_000_000), mode: z.enum(['at-once', 'one-after-another']) }))
      .output(z.object({ turnId: z.string() })),
    /** Asks one pane again in the last turn. */
    regenerate: oc.input(z.object({ id: z.string(), paneId: z.string() })).output(nothing),
    /** Stops one generation, or with null all of the comparison. */
    stop: oc.input(z.object({ id: z.string(), generationId: z.string().nullable() })).output(nothing),
  },
  gateway: {
    watch: watch(gatewayStatusSchema),
  },
  settings: {
    watch: watch(settingsSchema),
    /** Changes the named fields and keeps the others. */
    change: oc.input(settingsChangeSchema).output(settingsSchema),
  },
}
export type Contract = typeof contract
