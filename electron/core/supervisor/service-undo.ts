import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { environmentFor } from './environment'
import { runServiceCommand } from './service-command'

/** A change that was made to a service and the command that takes it back. */
const undoRecordSchema = z.object({ key: z.string(), file: z.string(), args: z.array(z.string()) })
export type UndoRecord = z.infer<typeof undoRecordSchema>

const fileName = 'undo.json'
const undoWithinMs = 15_000

/** Keeps what would have to be taken back if we were killed; nothing to take back leaves no file. */
export async function keepUndo(folder: string | null, records: readonly UndoRecord[]): Promise<void> {
  if (folder === null) return
  const path = join(folder, fileName)
  await (records.length === 0 ? rm(path, { force: true }) : writeFile(path, JSON.stringify(records), { mode: 0o600 }))
}

type UndoMeans = { env: Readonly<Record<string, string>>; signal: AbortSignal }

export async function carryOutUndo({ file, args }: UndoRecord, means: UndoMeans): Promise<void> {
  if (means.signal.aborted) return
  await runServiceCommand(file, args, { ...means, timeoutMs: undoWithinMs, onLine: () => undefined })
}

/** Takes back what earlier runs of this home left changed. One sentence for each; call once, before the first start. */
export async function sweepServices(runFolder: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const notices: string[] = []
  const env = environmentFor(environment, {})
  for (const folder of await readdir(runFolder).catch(() => [])) {
    const records = await readRecords(join(runFolder, folder, fileName))
    for (const record of records.toReversed()) {
      await carryOutUndo(record, { env, signal: new AbortController().signal })
      notices.push(`Ran "${record.args.join(' ')}", left to do from an earlier run.`)
    }
    if (records.length > 0) await rm(join(runFolder, folder, fileName), { force: true })
  }
  return notices
}

async function readRecords(path: string): Promise<UndoRecord[]> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return []
  try {
    return z.array(undoRecordSchema).parse(JSON.parse(text))
  } catch {
    // Cut off in the middle of writing: there is nothing that could be trusted to be run.
    return []
  }
}
