import { Failure } from '../../../contract/failure'
import type { Job } from '../../../contract/job'
import type { LibraryModel } from '../../../contract/model'
import type { ConversionOffer } from '../../../contract/model-store'
import type { JobControl } from '../../lib/jobs.types'
import type { Conversion, ConversionInput, ConversionServer, ToolPack } from '../../runtimes/common-conversion'
import { askServer, type ServerMeans } from './borrow-server'
import type { ConversionsDependencies } from './conversions.types'
import { findTools, lackOf } from './find-tools'
import { perform, titleOf } from './perform'
import type { ToolPacks } from './tool-packs'
import { sweepUnfinished } from './unfinished'

export type Conversions = {
  /** What this model could become here, with what is missing for it. */
  list(model: string): Promise<ConversionOffer[]>
  /** Does it as a job whose result is the library's id, or the name in a store. */
  run(wish: { id: string; conversion: string; choice: string | null; install?: boolean | undefined }): Promise<Job>
  packs: ToolPacks
  /** Deletes what conversions and fetched tools of earlier hosts left; one sentence each. Call once, before the first. */
  sweep(): Promise<string[]>
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
    sweep: async () => [...(await sweepUnfinished(dependencies.unfinished)), ...(await dependencies.packs.sweep())],
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
        ...(conversion.server ? [{ id: 'server', title: conversion.server.title }] : []),
        ...runsOf(conversion, { model, choice: chosen }).map(({ title }, index) => ({ id: `run-${index}`, title })),
        { id: 'check', title: 'Look at what came out' },
      ]
      const title = titleOf({ conversion, model, choice: chosen })
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
  { world, storeFolder, packs: toolPacks, server }: ConversionsDependencies,
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
    note: conversion.server && refusal === null ? await serverNote(conversion.server, server) : null,
    install: missing.length === 0 || refusal !== null ? null : { ...conversion.install, packs: await toolPacks.describe(packs) },
  }
}

const refusalOf = (conversion: Conversion, model: LibraryModel): string | null =>
  model.state === 'ready' ? (conversion.refuses?.(model) ?? null) : 'Its files are not there'

/** Said before it begins, so that a server that appears for a while surprises nobody. */
async function serverNote(server: ConversionServer, means: ServerMeans): Promise<string | null> {
  const { state, address } = await askServer(server, means)
  if (state === 'runs') return null
  return state === 'elsewhere'
    ? `${server.title} is set to ${address}, which does not answer`
    : `${server.title} does not run: one is started for this and ended afterwards`
}

type Input = Omit<ConversionInput, 'output' | 'folder'>
/** Titles of its steps do not depend on paths, so that a job can name them before there are any. */
const runsOf = (conversion: Conversion, input: Pick<Input, 'model' | 'choice'> & Partial<Input>) =>
  conversion
    .plan({ tools: {}, sha256: null, store: null, ...input, output: 'OUTPUT', folder: 'FOLDER' })
    .filter(step => step.kind === 'run')

function commandOf(conversion: Conversion, input: Input): string | null {
  const runs = runsOf(conversion, input)
  return runs.length === 0 ? null : runs.map(({ file, args }) => [file, ...args].map(quoted).join(' ')).join('\n')
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
