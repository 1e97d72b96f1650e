import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from '../contract/failure'
import { exportFormats, type ImportedModel } from '../contract/exchange'
import type { Home } from '../core/lib/home'
import { connectOrFail, connectOrStart, type Client } from './connect'
import { followJob } from './follow-job'
import { print, printJson, remark, table } from './output'

/** Prints what runs as a file of another program; what the file does not say goes to stderr. */
export async function exportTo(home: Home, format: string, options: { json?: boolean }) {
  const known = exportFormats.find(each => each === format)
  if (!known) throw new Failure('bad-input', `There is no format named ${format}. It is one of ${exportFormats.join(', ')}.`)
  const { client, close } = await connectOrFail(home)
  const exported = await client.exchange.write({ format: known })
  if (options.json) printJson(exported)
  else {
    print(exported.text.trimEnd())
    for (const note of exported.notes) remark(note)
  }
  close()
}

type Taken = ImportedModel & { model: string | null }

/** Takes the files of a llama-swap configuration into the library, where they stay, and starts one of them when it is asked to. */
export async function importFrom(home: Home, file: string, options: { start?: string; dryRun?: boolean; json?: boolean }) {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure('not-found', `${file} cannot be read.`, { cause })
  })
  const { client, close } = await connectOrStart(home)
  const { models, notes } = await client.exchange.read({ text })
  const taken: Taken[] = []
  for (const each of models) taken.push(await takeOver(client, each, options.dryRun ?? false))
  const started = options.start === undefined ? null : await startOne(client, taken, options.start)
  if (options.json) printJson({ models: taken, notes, started })
  else {
    const rows = taken.map(each => [
      each.name,
      each.runtime ?? 'unknown',
      each.model ?? each.repository ?? each.file ?? '-',
      each.notes.join(' '),
    ])
    print(table(['name', 'runtime', 'model', 'notes'], rows))
    for (const note of notes) remark(note)
    if (started !== null) print(`Started ${started}`)
  }
  close()
}

async function takeOver(client: Client, each: ImportedModel, dryRun: boolean): Promise<Taken> {
  if (each.file === null) return { ...each, model: each.repository }
  if (dryRun) return { ...each, model: null }
  try {
    return { ...each, model: (await client.models.importFile({ path: resolve(each.file) })).id }
  } catch (error) {
    return { ...each, model: null, notes: [...each.notes, error instanceof Error ? error.message : String(error)] }
  }
}

async function startOne(client: Client, taken: readonly Taken[], name: string): Promise<string> {
  const found = taken.find(each => each.name === name || each.aliases.includes(name))
  if (!found) throw new Failure('not-found', `The file has no model named ${name}; it has ${taken.map(each => each.name).join(', ')}.`)
  if (found.request === null || found.model === null)
    throw new Failure('not-available-here', `${name} cannot be started: ${found.notes.join(' ')}`)
  const started = await followJob(client, await client.instances.start({ ...found.request, model: found.model }))
  if (started === null) throw new Failure('unexpected', `${name} ended right after its start.`)
  return started
}
