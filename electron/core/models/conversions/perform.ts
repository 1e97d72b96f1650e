import { existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { LibraryModel } from '../../../contract/model'
import type { JobControl } from '../../lib/jobs.types'
import type { Conversion } from '../../runtimes/common-conversion'
import { safeSegment } from '../artifact-fetch'
import { checkRoom, freeDiskBytes } from '../disk-space'
import { hashFilesTask } from '../tasks'
import { borrowServer } from './borrow-server'
import { carryOut, undoPlaces } from './carry-out'
import type { ConversionsDependencies } from './conversions.types'
import { findTools, lackOf } from './find-tools'
import { withPlaces } from './unfinished'

export type Wanted = { conversion: Conversion; model: LibraryModel; choice: string | null }

/** Carries a conversion out and returns what it made; nothing of it is left when it fails or is cancelled. */
export async function perform(
  dependencies: ConversionsDependencies,
  { conversion, model, choice }: Wanted,
  job: JobControl,
): Promise<string> {
  const { world, modelsFolder } = dependencies
  job.step('prepare').start()
  const { tools, missing } = await findTools(conversion.tools, world)
  const lack = lackOf(missing)
  if (lack !== null) throw new Failure('not-available-here', lack)
  const target = targetOf(modelsFolder(), { conversion, model, choice })
  if (conversion.gives.kind !== 'store' && existsSync(target)) throw new Failure('bad-input', `${basename(target)} is there already`)
  await checkSpace({ conversion, model, choice }, modelsFolder())
  const title = titleOf({ conversion, model, choice })
  return await withPlaces(dependencies.unfinished, { title, target }, async ({ folder, output }) => {
    if (conversion.gives.kind === 'store')
      return await giveToStore(dependencies, { conversion, model, choice }, { job, tools, folder, store: conversion.gives.store })
    job.step('prepare').done()
    const steps = conversion.plan({ model, choice, tools, output, folder, sha256: null, store: null })
    await carryOut(steps, job, { serverDown: conversion.serverDown })
    job.step('check').start()
    await rename(output, target)
    return await adopt(dependencies, { conversion, model, choice }, target)
  })
}

/** What it is called, as a job and wherever it is spoken of. */
export const titleOf = ({ conversion, model, choice }: Wanted): string =>
  `${model.title}: ${conversion.title}${choice === null ? '' : ` ${choice}`}`

type InStore = { job: JobControl; tools: Record<string, string>; folder: string; store: string }

/** Its program's server takes it in: the one that runs, or one of ours for as long as this takes. */
async function giveToStore(
  dependencies: ConversionsDependencies,
  { conversion, model, choice }: Wanted,
  { job, tools, folder, store: id }: InStore,
): Promise<string> {
  const sha256 = model.sha256 ?? (await hashOf(dependencies, model, job))
  const store = dependencies.storeFolder(id)
  job.step('prepare').done()
  const borrowed = conversion.server ? await borrowServer(conversion.server, dependencies.server, { job, tools, store }) : null
  const steps = conversion.plan({ model, choice, tools, output: '', folder, sha256, store })
  try {
    await carryOut(steps, job, { serverDown: conversion.serverDown, env: borrowed?.env ?? {} })
  } catch (error) {
    await borrowed?.end()
    await undoPlaces(steps)
    throw error
  }
  await borrowed?.end()
  job.step('check').start()
  dependencies.changed()
  const name = conversion.nameIn?.(model) ?? model.title
  const title = conversion.gives.kind === 'store' ? conversion.gives.title : id
  const after =
    borrowed?.ours === true && conversion.server
      ? `. ${conversion.server.title} was started for this and is ended; ${conversion.server.startAfter}`
      : ''
  job.step('check').done(`${title} has it as ${name}${after}`)
  return `${id}/${name}`
}

/** What came out is read as any other model; what cannot be read is deleted and not kept as a result. */
async function adopt({ library }: ConversionsDependencies, { conversion, model, choice }: Wanted, target: string): Promise<string> {
  const base = model.id.slice(0, model.id.lastIndexOf(':'))
  // Safetensors in BF16 and a GGUF of them in BF16 are two models.
  const taken = library.byId(`${base}:${choice}`) !== null
  const id = `${taken ? `${base}-${conversion.gives.kind}` : base}:${choice ?? 'converted'}`
  try {
    const own = {
      id,
      title: model.title,
      path: target,
      sha256: null,
      origin: 'converted' as const,
      hub: null,
    }
    return (await library.addOwn(own)).id
  } catch (error) {
    await rm(target, { recursive: true, force: true })
    throw error
  }
}

function targetOf(folder: string, { conversion, model, choice }: Wanted): string {
  const base = model.id.slice(0, model.id.lastIndexOf(':'))
  const place = join(folder, ...base.split('/').map(safeSegment))
  const name = safeSegment(basename(base))
  return conversion.gives.kind === 'gguf'
    ? join(place, `${name}-${choice ?? 'converted'}.gguf`)
    : join(place, `${name}-${choice ?? 'converted'}`)
}

async function checkSpace({ conversion, model, choice }: Wanted, folder: string) {
  const bits = conversion.choices.find(({ id }) => id === choice)?.bits ?? 16
  const between = conversion.betweenBits ?? 0
  checkRoom(((model.facts?.parameters ?? 0) * (bits + between)) / 8, await freeDiskBytes(folder), folder)
}

async function hashOf({ background }: ConversionsDependencies, { path }: LibraryModel, job: JobControl): Promise<string> {
  const { size } = await stat(path)
  const onProgress = ({ done }: { done: number }) => job.step('prepare').progress(done, size)
  const { sha256 } = await background.run(hashFilesTask, { paths: [path] }, { timeoutMs: 3_600_000, signal: job.signal, onProgress })
  return sha256
}
