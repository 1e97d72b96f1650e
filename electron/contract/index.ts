import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { comparisonEventSchema, comparisonSchema, comparisonSummarySchema, paneSchema } from './compare'
import { recommendationSchema } from './decision'
import { shoppingSchema, whatIfInputSchema, whatIfSchema } from './what-if'
import { exportedSchema, exportFormats, importedSchema } from './exchange'
import { gatewayStatusSchema } from './gateway'
import { instancesEventSchema, instanceSchema, logEventSchema, startRequestSchema } from './instance'
import { doctorReportSchema, offerDetailSchema, removalSchema, renderedSchema, updatePlanSchema } from './install'
import { jobSchema, jobsEventSchema } from './job'
import { correctionSchema, machineSchema } from './machine'
import { modelsContract } from './models'
import { runningMetricsSchema } from './metrics'
import { needSchema } from './need'
import { runtimeSummarySchema, settingValuesSchema } from './runtime'
import { runtimesSnapshotSchema } from './runtime-detail'
import { predictionSchema } from './predictions'
import { settingsChangeSchema, settingsSchema } from './settings'
import { systemInfoSchema } from './system'

const id = z.object({ id: z.string() })
/** A build id, `runtime@version[+variant]`. */
const build = z.object({ build: z.string() })
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
    /** Takes away a warning that the person has read; `warning` is its `dismiss`. */
    dismiss: oc.input(z.object({ warning: z.string() })).output(machineSchema),
  },
  recommend: {
    decide: oc.input(needSchema).output(recommendationSchema),
    /** The decision beside the one for a changed need or machine, and why it differs. Nothing is started or kept. */
    whatIf: oc.input(whatIfInputSchema).output(whatIfSchema),
    /** What other cards or more memory would bring for a need. */
    shopping: oc.input(needSchema).output(shoppingSchema),
    /** Runs on this machine beside what was said of them before, wrong ones first. */
    predictions: oc.output(z.array(predictionSchema)),
    /** Whether a run corrects later estimates; answers with all of them. */
    calibrate: oc.input(z.object({ id: z.int(), use: z.boolean() })).output(z.array(predictionSchema)),
    /** Deletes one run; answers with the rest. */
    forgetRun: oc.input(z.object({ id: z.int() })).output(z.array(predictionSchema)),
    /** Takes a deletion of this host back; answers with all of them, or `not-found`. */
    restoreRun: oc.input(z.object({ id: z.int() })).output(z.array(predictionSchema)),
  },
  runtimes: {
    list: oc.output(z.array(runtimeSummarySchema)),
    /** Looks for builds again. */
    refresh: oc.output(z.array(runtimeSummarySchema)),
    /** Everything of the Runtimes place, again after each change of builds, offers, settings or use. */
    watch: watch(runtimesSnapshotSchema),
    /** An offer with its plan as it is now: bytes, disk left, time, commands. */
    plan: oc.input(z.object({ offer: z.string() })).output(offerDetailSchema),
    /** `agreed`: the person saw the commands of a plan that changes the machine outside our folder. The job's result is the build id. */
    install: oc.input(z.object({ offer: z.string(), agreed: z.boolean().optional() })).output(jobSchema),
    /** Installs a build of ours again from the source that its manifest names; its files are then what they were. */
    repair: oc.input(build).output(jobSchema),
    /** Makes a build the one that starts take. */
    use: oc.input(build).output(nothing),
    /** `target` is an offer, or a build that is here already; null takes the best offer that is an update. */
    updatePlan: oc.input(z.object({ runtime: z.string(), target: z.string().nullable() })).output(updatePlanSchema),
    /** Installs beside, tries both on the engine test, compares, and switches if it holds or `insist`. The result is an update record's id. */
    update: oc.input(z.object({ runtime: z.string(), target: z.string().nullable(), insist: z.boolean() })).output(jobSchema),
    /** Back to the build and the settings before the last switch. */
    rollback: oc.input(z.object({ runtime: z.string(), kind: z.string().nullable() })).output(z.object({ build: z.string() })),
    removal: oc.input(build).output(removalSchema),
    /** Removes a build of ours that nothing uses; the job's last step says what was freed. */
    remove: oc.input(build).output(jobSchema),
    /** `record`: with what the programs and servers answered, word for word, as files of a fixture. */
    doctor: oc.input(z.object({ runtime: z.string(), record: z.boolean() })).output(doctorReportSchema),
    /** Replaces the saved settings of a runtime; starts take them where they name no value of their own. */
    saveSettings: oc.input(z.object({ runtime: z.string(), values: settingValuesSchema })).output(settingValuesSchema),
    /** The exact command of a start, without starting: `model` may be one that is not here. */
    render: oc.input(startRequestSchema).output(renderedSchema),
  },
  models: modelsContract,
  jobs: {
    watch: watch(jobsEventSchema),
    cancel: oc.input(id).output(nothing),
    retry: oc.input(id).output(jobSchema),
    dismiss: oc.input(id).output(nothing),
  },
  instances: {
    watch: watch(instancesEventSchema),
    logs: oc.input(id).output(eventIterator(logEventSchema)),
    /** What it did in the last five minutes; it is measured every 2 s, and only while somebody watches. */
    metrics: oc.input(id).output(eventIterator(runningMetricsSchema)),
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
  exchange: {
    /** What runs now as a file of another program; our secrets are not in it. */
    write: oc.input(z.object({ format: z.enum(exportFormats) })).output(exportedSchema),
    /** Reads a llama-swap file. Nothing is started or kept. */
    read: oc.input(z.object({ text: z.string().max(1_000_000) })).output(importedSchema),
  },
  settings: {
    watch: watch(settingsSchema),
    /** Changes the named fields and keeps the others. */
    change: oc.input(settingsChangeSchema).output(settingsSchema),
  },
}
export type Contract = typeof contract
