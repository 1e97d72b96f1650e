import { existsSync } from 'node:fs'
import { link, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { Job } from '../../../contract/job'
import type { LibraryModel } from '../../../contract/model'
import type { ConversionOffer } from '../../../contract/model-store'
import type { Background } from '../../lib/background'
import type { JobControl, Jobs } from '../../lib/jobs.types'
import { runToolLines } from '../../lib/run-tool-lines'
import { safeSegment } from '../artifact-fetch'
import { checkRoom, freeDiskBytes } from '../disk-space'
import type { Library } from '../library.types'
import { hashFilesTask } from '../tasks'
import type { Conversion, ConversionInput, ConversionStep, ToolPack } from '../../runtimes/common-conversion'
import { findTools, type ToolWorld } from './find-tools'
import type { ToolPacks } from './tool-packs'

export type ConversionsDependencies = {
  conversions: readonly Conversion[]
  library: Library
  jobs: Jobs
  background: Background
  world: ToolWorld
  modelsFolder: () => string
  /** Folder of a store that is there. */
  storeFolder: (store: string) => string | null
  /** A store has a model more. */
  changed(): void
  packs: ToolPacks
}

export type Conversions = {
  /** What this model could become here, with what is missing for it. */
  list(model: string): Promise<ConversionOffer[]>
  /** Does it as a job whose result is the library's id, or the name in a store. */
  run(wish: { id: string; conversion: string; choice: string | null; install?: boolean | undefined }): Promise<Job>
  packs: ToolPacks
}

/** Models turned into other artifacts by the tools that are here. */
export function createConversions(dependencies: ConversionsDependencies): Conversions {
  const { conversions, library, jobs } = dependencies
  const modelOf = (id: string): LibraryModel => {
    const model = library.byId(id)
    if (!model) throw new Failure('not-found', `There is no model ${id} in the library`)
    return model
  }

  const offer = (conversion: Conversion, model: LibraryModel) => offerOf(dependencies, conversion, model)

  return {
    async list(id) {
      const model = modelOf(id)
      const usable = conversions.filter(({ from }) => from === model.facts?.format)
      return Promise.all(usable.map(conversion => offer(conversion, model)))
    },
    packs: dependencies.packs,
    async run({ id, conversion: wanted, choice, install = false }) {
      const model = modelOf(id)
      const conversion = conversions.find(each => each.id === wanted && each.from === model.facts?.format)
      if (!conversion) throw new Failure('not-found', `${id} cannot be turned into that`)
      checkOffer(await offer(conversion, model), install)
      const chosen = choice ?? conversion.choices[0]?.id ?? null
      if (chosen !== null && !conversion.choices.some(each => each.id === chosen))
        throw new Failure('bad-input', `There is no ${chosen} to choose`)
      const { packs } = await findTools(conversion.tools, dependencies.world)
      const steps = [
        ...packs.map((pack, index) => ({ id: `tools-${index}`, title: `Fetch ${pack.title}` })),
        { id: 'prepare', title: 'Prepare' },
        { id: 'convert', title: conversion.title },
        { id: 'check', title: 'Look at what came out' },
      ]
      const title = `${model.title}: ${conversion.title}${chosen === null ? '' : ` ${chosen}`}`
      return jobs.run({ kind: 'import', title, steps }, async job => {
        await fetchTools(dependencies, { conversion, packs }, job)
        return perform(dependencies, { conversion, model, choice: chosen }, job)
      })
    },
  }
}

/** @throws Failure `not-available-here` when something stands against it that fetching its tools would not mend. */
function checkOffer({ why, install }: ConversionOffer, mayFetch: boolean) {
  const packs = install?.packs ?? []
  if (why !== null && (!mayFetch || packs.length === 0)) throw new Failure('not-available-here', why)
  const refused = packs.find(each => each.why !== null)?.why ?? null
  if (refused !== null) throw new Failure('not-available-here', refused)
}

async function fetchTools(
  { packs: toolPacks, world }: ConversionsDependencies,
  { conversion, packs }: { conversion: Conversion; packs: readonly ToolPack[] },
  job: JobControl,
) {
  for (const [index, pack] of packs.entries()) {
    const step = job.step(`tools-${index}`)
    // On a further try what came before is here.
    const lacks = (await findTools(conversion.tools, world)).packs.includes(pack)
    if (lacks) await toolPacks.provide(pack, { signal: job.signal, step, log: text => job.log(text) })
    else step.skip(`${pack.title} is here`)
  }
}

async function offerOf(
  { world, storeFolder, packs: toolPacks }: ConversionsDependencies,
  conversion: Conversion,
  model: LibraryModel,
): Promise<ConversionOffer> {
  const { id, title, choices, gives } = conversion
  const { tools, missing, packs } = await findTools(conversion.tools, world)
  const refusal = refusalOf(conversion, model)
  const [first] = choices
  const store = gives.kind === 'store' ? storeFolder(gives.store) : null
  return {
    ...{ id, title, choices: choices.map(each => each.id), gives: gives.kind === 'store' ? gives.title : gives.kind },
    bytes: first && model.facts ? Math.round((model.facts.parameters * first.bits) / 8) : null,
    command: missing.length > 0 ? null : commandOf(conversion, { model, choice: first?.id ?? null, tools, sha256: model.sha256, store }),
    why: refusal ?? lackOf(missing),
    install: missing.length === 0 || refusal !== null ? null : { ...conversion.install, packs: await toolPacks.describe(packs) },
  }
}

const refusalOf = (conversion: Conversion, model: LibraryModel): string | null =>
  model.state === 'ready' ? (conversion.refuses?.(model) ?? null) : 'Its files are not there'

const lackOf = (missing: readonly string[]): string | null =>
  missing.length === 0 ? null : `It needs ${missing.join(' and ')}, which is not on this machine`

function commandOf(conversion: Conversion, input: Omit<ConversionInput, 'output' | 'folder'>): string | null {
  const runs = conversion.plan({ ...input, output: 'OUTPUT', folder: 'FOLDER' }).filter(step => step.kind === 'run')
  return runs.length === 0 ? null : runs.map(({ file, args }) => [file, ...args].map(quoted).join(' ')).join('\n')
}

type Wanted = { conversion: Conversion; model: LibraryModel; choice: string | null }

async function perform(dependencies: ConversionsDependencies, { conversion, model, choice }: Wanted, job: JobControl): Promise<string> {
  const { world, modelsFolder, storeFolder, changed } = dependencies
  job.step('prepare').start()
  const { tools, missing } = await findTools(conversion.tools, world)
  const lack = lackOf(missing)
  if (lack !== null) throw new Failure('not-available-here', lack)
  const target = targetOf(modelsFolder(), { conversion, model, choice })
  if (conversion.gives.kind !== 'store' && existsSync(target)) throw new Failure('bad-input', `${basename(target)} is there already`)
  await checkSpace({ conversion, model, choice }, modelsFolder())
  await mkdir(dirname(target), { recursive: true })
  // What lies between the steps is as large as the model, and a temporary folder is often main memory.
  const folder = await mkdtemp(join(dirname(target), '.converting-'))
  const output = `${target}.converting`
  try {
    const sha256 = conversion.gives.kind === 'store' ? (model.sha256 ?? (await hashOf(dependencies, model, job))) : null
    const store = conversion.gives.kind === 'store' ? storeFolder(conversion.gives.store) : null
    job.step('prepare').done()
    for (const step of conversion.plan({ model, choice, tools, output, folder, sha256, store })) await carryOut(step, job, conversion)
    job.step('convert').done()
    job.step('check').start()
    if (conversion.gives.kind === 'store') {
      changed()
      return `${conversion.gives.store}/${model.title}`
    }
    await rename(output, target)
    return await adopt(dependencies, { conversion, model, choice }, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(output, { recursive: true, force: true })
  }
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

async function runStep(step: Extract<ConversionStep, { kind: 'run' }>, job: JobControl, serverDown: Conversion['serverDown']) {
  try {
    await runToolLines(step, job)
  } catch (error) {
    if (!serverDown || !(error instanceof Error) || !serverDown.words.test(error.message)) throw error
    throw new Failure('server-down', serverDown.text, { cause: error })
  }
}

async function carryOut(step: ConversionStep, job: JobControl, { serverDown }: Conversion): Promise<void> {
  job.signal.throwIfAborted()
  job.step('convert').detail(step.title)
  if (step.kind === 'run') return runStep(step, job, serverDown)
  if (step.kind === 'write') return writeFile(step.path, step.text)
  if (existsSync(step.to)) return
  await mkdir(dirname(step.to), { recursive: true })
  await link(step.from, step.to).catch((error: unknown) => {
    job.log(`${step.title} is left out: ${error instanceof Error ? error.message : String(error)}`)
  })
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
