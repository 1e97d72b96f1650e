import { defineTask } from '../lib/background'
import type { FileRecord } from './install.types'
import type { Packing } from './packing'

export type UnpackArchive = { archive: string; target: string }

/** Unpacks a checked zip, tar.gz, tgz or tar.zst into an existing folder. */
export const unpackArchiveTask = defineTask<UnpackArchive, FileRecord[]>('install.unpack')

/** `name`: the file that comes out, in the existing folder `target`. */
export type PlaceProgram = { file: string; packing: Exclude<Packing, 'archive'>; target: string; name: string }

/** Puts one program that is in no archive in its place, unpacked where it is compressed by itself. */
export const placeProgramTask = defineTask<PlaceProgram, FileRecord[]>('install.place')

/** Bytes read so far, of all that will be. */
export type FileAmount = { done: number; total: number }

/** Every regular file below a folder with its size and sha256, in order of its path. */
export const recordFilesTask = defineTask<{ folder: string }, FileRecord[], FileAmount>('install.record')

export type VerifyFiles = { folder: string; files: readonly FileRecord[] }

/** Paths of recorded files that are missing or have another content; at most twenty. */
export const verifyFilesTask = defineTask<VerifyFiles, string[], FileAmount>('install.verify')
