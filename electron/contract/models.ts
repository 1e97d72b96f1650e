import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { hubPageSchema, hubQuerySchema, hubRepositorySchema, hubTokenSchema } from './hub'
import { jobSchema } from './job'
import { libraryModelSchema, modelsSnapshotSchema } from './model'

const id = z.object({ id: z.string().min(1).max(500) })
const nothing = z.void()
const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'a repository is written org/name')
const revision = z.string().min(1).max(200).nullable()
/** What the window and the command line may ask about models. */
export const modelsContract = {
  watch: oc.output(eventIterator(modelsSnapshotSchema)),
  /** `id` is `org/name:artifact`. */
  download: oc.input(id).output(jobSchema),
  /** A GGUF file or a folder of safetensors, referenced where it lies. */
  importFile: oc.input(z.object({ path: z.string().min(1) })).output(libraryModelSchema),
  /** Takes it out of the library; the file of an imported model is never deleted. */
  remove: oc.input(z.object({ id: z.string(), deleteFile: z.boolean() })).output(nothing),
  /** Asks the outside sources again. */
  refresh: oc.output(nothing),
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
}
