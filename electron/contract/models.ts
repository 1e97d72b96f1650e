import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { hubPageSchema, hubQuerySchema, hubRepositorySchema, hubTokenSchema } from './hub'
import { jobSchema } from './job'
import { libraryModelSchema, modelsSnapshotSchema } from './model'
import { conversionOfferSchema, keptToolsSchema, linkPreviewSchema, reachSchema, storesSnapshotSchema } from './model-store'

const id = z.object({ id: z.string().min(1).max(500) })
const nothing = z.void()
const folder = z.object({ folder: z.string().min(1).max(4_000) })
const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'a repository is written org/name')
const revision = z.string().min(1).max(200).nullable()
/** Stored models of one duplicate: which file stays, and which become links to it. */
const linkInput = z.object({ keep: z.string(), replace: z.array(z.string()).min(1).max(50) })
const shareInput = z.object({ model: z.string(), store: z.string() })

/** What the window and the command line may ask about models. */
export const modelsContract = {
  watch: oc.output(eventIterator(modelsSnapshotSchema)),
  /** `id` is `org/name:artifact`. */
  download: oc.input(id).output(jobSchema),
  /** A GGUF file or a folder of safetensors, referenced where it lies. */
  importFile: oc.input(z.object({ path: z.string().min(1) })).output(libraryModelSchema),
  /** A missing model lies here now; refused when what lies there is another one. */
  foundAt: oc.input(z.object({ id: z.string().min(1).max(500), path: z.string().min(1).max(4_000) })).output(libraryModelSchema),
  /** Takes it out of the library; the file of an imported model is never deleted. */
  remove: oc.input(z.object({ id: z.string(), deleteFile: z.boolean() })).output(nothing),
  /** Fetches the file that a vision model lacks for reading images, as a job whose result is the model's id. */
  fetchProjector: oc.input(id).output(jobSchema),
  /** Asks the outside sources again. */
  refresh: oc.output(nothing),
  /** Which runtimes of this machine load a model as it lies, and what the others would load. */
  reach: oc.input(id).output(z.array(reachSchema)),
  /** Moves the models folder: copies, verifies, switches, deletes; the same call goes on after a cancel. */
  moveFolder: oc.input(folder).output(jobSchema),
  hub: {
    search: oc.input(hubQuerySchema).output(hubPageSchema),
    repository: oc.input(z.object({ id: repository, revision })).output(hubRepositorySchema),
    download: oc.input(z.object({ id: repository, artifact: z.string(), revision })).output(jobSchema),
    token: oc.output(hubTokenSchema),
    /** Asks the hub whose it is before it is kept; null forgets it. */
    setToken: oc.input(z.object({ token: z.string().min(1).max(500).nullable() })).output(hubTokenSchema),
  },
  transfers: {
    pause: oc.input(id).output(nothing),
    resume: oc.input(id).output(jobSchema),
    /** Gives a paused or failed one up and deletes what came. */
    discard: oc.input(id).output(nothing),
  },
  stores: {
    watch: oc.output(eventIterator(storesSnapshotSchema)),
    /** Looks through all stores; with `hash` it also hashes what equal sizes make worth it. */
    scan: oc.input(z.object({ hash: z.boolean() })).output(jobSchema),
    addFolder: oc.input(folder).output(nothing),
    removeFolder: oc.input(folder).output(nothing),
    /** Takes a stored model into the library where it lies. */
    use: oc.input(id).output(libraryModelSchema),
    preview: oc.input(linkInput).output(linkPreviewSchema),
    link: oc.input(linkInput).output(jobSchema),
    previewShare: oc.input(shareInput).output(linkPreviewSchema),
    share: oc.input(shareInput).output(jobSchema),
    undo: oc.input(id).output(jobSchema),
  },
  conversions: {
    list: oc.input(id).output(z.array(conversionOfferSchema)),
    /** With `install`, tools that lack are fetched first, as steps of the same job. */
    run: oc
      .input(z.object({ id: z.string(), conversion: z.string(), choice: z.string().nullable(), install: z.boolean().optional() }))
      .output(jobSchema),
    /** Tools that were fetched for conversions. */
    tools: oc.output(z.array(keptToolsSchema)),
    removeTools: oc.input(id).output(nothing),
  },
}
