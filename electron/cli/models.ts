import { resolve } from 'node:path'
import { Failure } from '../contract/failure'
import { hubFormats, hubSorts, type HubQuery } from '../contract/hub'
import type { Job } from '../contract/job'
import type { ConversionOffer, StoresSnapshot } from '../contract/model-store'
import type { Home } from '../core/lib/home'
import { withHost, type Client } from './connect'
import { followJob } from './follow-job'
import { print, printJson, remark, table } from './output'

export type Json = { json?: boolean }
export const megabytes = (count: number | null) => (count === null ? '-' : `${Math.ceil(count / 1e6)} MB`)

/** Prints an object with --json, and a table otherwise. */
export function show(value: unknown, { json }: Json, lines: () => string) {
  if (json) printJson(value)
  else print(lines())
}

/** Follows a job to its end and says what it made. */
export async function done(client: Client, job: Job, options: Json) {
  const result = await followJob(client, job)
  show({ job: job.id, result }, options, () => (result === null ? 'Done.' : `Done: ${result}`))
}

export type SearchOptions = Json & { format?: string; sort?: string; most?: number; fits?: boolean }

function queryOf(text: string, { format, sort, most, fits }: SearchOptions): HubQuery {
  const chosen = hubFormats.find(each => each === format)
  if (format !== undefined && format !== 'any' && !chosen)
    throw new Failure('bad-input', `The format is one of ${hubFormats.join(', ')} and any.`)
  const order = hubSorts.find(each => each === (sort ?? 'downloads'))
  if (!order) throw new Failure('bad-input', `The order is one of ${hubSorts.join(', ')}.`)
  return {
    text,
    format: chosen ?? null,
    sort: order,
    mostParameters: most === undefined ? null : most * 1e9,
    fits: fits === true,
    cursor: null,
  }
}

/** Searches the hub, or with `org/name` as a whole shows what that repository offers. */
export async function searchModels(home: Home, text: string, options: SearchOptions) {
  const query = queryOf(text, options)
  await withHost(home, async client => {
    const page = await client.models.hub.search(query)
    show(page, options, () => {
      const rows = page.models.map(each => [
        each.id,
        each.formats.join(','),
        each.fit.text,
        each.gated ? 'gated' : '',
        String(each.downloads ?? '-'),
      ])
      return `${table(['REPOSITORY', 'FORMATS', 'FIT', '', 'DOWNLOADS'], rows)}\n${page.leftOut} left out by the filters`
    })
  })
}

export async function showRepository(home: Home, id: string, options: Json & { revision?: string }) {
  await withHost(home, async client => {
    const found = await client.models.hub.repository({ id, revision: options.revision ?? null })
    show(found, options, () => {
      const rows = found.artifacts.map(each => [
        `${id}:${each.id}`,
        each.format,
        megabytes(each.bytes),
        each.fit.text,
        each.why ?? each.loadedBy.join(', '),
      ])
      const refused = found.refused.map(({ file, why }) => `not offered: ${file}: ${why}`)
      return [
        `${id} at ${found.commit}, ${found.access}`,
        table(['ARTIFACT', 'FORMAT', 'SIZE', 'FIT', 'LOADED BY'], rows),
        ...refused,
      ].join('\n')
    })
  })
}

/** `org/name:artifact`: a model of the catalogue, else one of the hub. What was paused goes on. */
export async function downloadModel(home: Home, id: string, options: Json & { revision?: string }) {
  await withHost(home, async client => {
    const snapshot = await firstOf(await client.models.watch())
    const colon = id.lastIndexOf(':')
    const [repository, artifact] = [id.slice(0, colon), id.slice(colon + 1)]
    if (colon < 0) throw new Failure('bad-input', 'Name it as org/name:artifact; `models show org/name` lists the artifacts.')
    const paused = snapshot.transfers?.find(each => each.id === id && each.state !== 'running')
    const known = snapshot.offered.some(({ model, artifacts }) => model.id === repository && artifacts.some(each => each.id === artifact))
    if (paused) return done(client, await client.models.transfers.resume({ id }), options)
    if (known && options.revision === undefined) return done(client, await client.models.download({ id }), options)
    return done(client, await client.models.hub.download({ id: repository, artifact, revision: options.revision ?? null }), options)
  })
}

export async function importModels(home: Home, path: string, options: Json) {
  await withHost(home, async client => {
    const model = await client.models.importFile({ path: resolve(path) })
    show(model, options, () => `${model.id} is in the library, where it lies`)
  })
}

export async function removeModel(home: Home, id: string, options: Json & { delete?: boolean }) {
  await withHost(home, async client => {
    await client.models.remove({ id, deleteFile: options.delete === true })
    show({ removed: id }, options, () => `${id} is off the list`)
  })
}

export async function scanned(client: Client, hash: boolean): Promise<StoresSnapshot> {
  await followJob(client, await client.models.stores.scan({ hash }))
  return firstOf(await client.models.stores.watch())
}

/** What lies in the stores of all programs, and which weights lie there more than once. */
export async function listDuplicates(home: Home, options: Json) {
  await withHost(home, async client => {
    const { stores, models, duplicates, links } = await scanned(client, true)
    show({ stores, models, duplicates, links }, options, () => {
      const rows = duplicates.flatMap(each =>
        each.copies.map((copy, index) => [index === 0 ? each.name : '', index === 0 ? megabytes(each.savingBytes) : '', copy]),
      )
      const total = duplicates.reduce((sum, each) => sum + each.savingBytes, 0)
      const undo = links.map(({ id, name, savedBytes }) => [id, name, megabytes(savedBytes)])
      const made = undo.length === 0 ? '' : `\n\n${table(['LINK', 'MODEL', 'SAVED'], undo)}`
      return `${table(['SAME WEIGHTS', 'SAVING', 'COPY'], rows)}\n${models.length} models in ${stores.length} stores; ${megabytes(total)} could be saved${made}`
    })
  })
}

/** Links copies to `keep`; without --yes it shows what would be done. */
export async function linkCopies(home: Home, wish: { keep: string; replace: string[] }, options: Json & { yes?: boolean }) {
  await withHost(home, async client => {
    await scanned(client, true)
    const preview = await client.models.stores.preview(wish)
    if (preview.why !== null) throw new Failure('bad-input', `${preview.why}.`)
    if (options.yes) return done(client, await client.models.stores.link(wish), options)
    show(preview, options, () => preview.steps.map(({ path, owner, does }) => `${path}\n  ${owner}: ${does}`).join('\n'))
    if (!options.json) remark(`This saves ${megabytes(preview.savedBytes)}. Say --yes to do it.`)
  })
}

/** Lets another program find a model of the library by a further name of the same file. */
export async function shareModel(home: Home, wish: { model: string; store: string }, options: Json) {
  await withHost(home, async client => {
    await scanned(client, false)
    await done(client, await client.models.stores.share(wish), options)
  })
}

export async function undoLink(home: Home, id: string, options: Json) {
  await withHost(home, async client => done(client, await client.models.stores.undo({ id }), options))
}

export async function moveModels(home: Home, folder: string, options: Json) {
  await withHost(home, async client => done(client, await client.models.moveFolder({ folder: resolve(folder) }), options))
}

/** Without a conversion it lists what the model can become here. */
export async function convertModel(home: Home, model: string, options: Json & { to?: string; choice?: string; install?: boolean }) {
  await withHost(home, async client => {
    if (options.to !== undefined) {
      await scanned(client, false)
      return done(
        client,
        await client.models.conversions.run({
          ...{ id: model, conversion: options.to, choice: options.choice ?? null },
          install: options.install === true,
        }),
        options,
      )
    }
    const offers = await client.models.conversions.list({ id: model })
    show(offers, options, () =>
      table(
        ['TO', 'TITLE', 'CHOICES', 'STATE'],
        offers.map(each => [each.id, each.title, each.choices.join(','), `${each.why ?? 'can be done'}${fetchable(each)}`]),
      ),
    )
  })
}

/** What `--install` would fetch for a conversion. */
function fetchable({ install }: ConversionOffer): string {
  const packs = (install?.packs ?? []).filter(each => each.why === null)
  return packs.length === 0 ? '' : `; --install fetches ${packs.map(each => `${each.title} (${megabytes(each.bytes)})`).join(', ')}`
}

export async function firstOf<Value>(stream: AsyncIterable<Value>): Promise<Value> {
  for await (const value of stream) return value
  throw new Failure('unexpected', 'The host closed the stream before its snapshot.')
}
