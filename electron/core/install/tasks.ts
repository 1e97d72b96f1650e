import { defineTask } from '../lib/background'
import type { FileRecord } from './install.types'

export type UnpackArchive = { archive: string; target: string }

/** Unpacks a checked zip, tar.gz, tgz or tar.zst into an existing folder. */
export const unpackArchiveTask = defineTask<UnpackArchive, FileRecord[]>('install.unpack')
