import { resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { Failure } from '../contract/failure'
import type { Home } from '../core/lib/home'
import { withHost } from './connect'
import { done, firstOf, megabytes, scanned, show, type Json } from './models'
import { table } from './output'

/** Fetches the file that reads images for a model which has none. */
export async function fetchProjector(home: Home, id: string, options: Json) {
  await withHost(home, async client => done(client, await client.models.fetchProjector({ id }), options))
}

/** A model whose file was moved by hand lies at `path` now. */
export async function foundModel(home: Home, at: { id: string; path: string }, options: Json) {
  await withHost(home, async client => {
    const model = await client.models.foundAt({ id: at.id, path: resolve(at.path) })
    show(model, options, () => `${model.id} is at ${model.path}`)
  })
}

/** Where a model lies, and which runtimes load it as it is. */
export async function whereIs(home: Home, id: string, options: Json) {
  await withHost(home, async client => {
    const { library } = await firstOf(await client.models.watch())
    const model = library.find(each => each.id === id)
    if (!model) throw new Failure('not-found', `There is no model ${id} in the library; \`models\` lists them.`)
    const reach = await client.models.reach({ id })
    show({ path: model.path, origin: model.origin, projector: model.projector ?? null, reach }, options, () => {
      const rows = reach.map(({ title, loads, why, instead }) => [
        title,
        loads ? 'loads it' : 'does not',
        why ?? '',
        instead ? `${instead.title}, ${megabytes(instead.bytes)}` : '',
      ])
      const images = model.projector ? `\nimages: ${model.projector.path ?? model.projector.why ?? 'unknown'}` : ''
      return `${model.path}${images}\n${table(['RUNTIME', '', 'WHY', 'INSTEAD'], rows)}`
    })
  })
}

/** Stops a download and keeps what came; `download` goes on with it. */
export async function pauseDownload(home: Home, id: string, options: Json) {
  await withHost(home, async client => {
    await client.models.transfers.pause({ id })
    show({ paused: id }, options, () => `${id} is paused; \`models download ${id}\` goes on`)
  })
}

/** Gives a paused or failed download up. */
export async function discardDownload(home: Home, id: string, options: Json) {
  await withHost(home, async client => {
    await client.models.transfers.discard({ id })
    show({ discarded: id }, options, () => `What came of ${id} is deleted`)
  })
}

/** Tools that were fetched for conversions; `remove` names one to delete. */
export async function listTools(home: Home, options: Json & { remove?: string }) {
  await withHost(home, async client => {
    if (options.remove !== undefined) await client.models.conversions.removeTools({ id: options.remove })
    const tools = await client.models.conversions.tools()
    show(tools, options, () =>
      tools.length === 0
        ? 'None is here; `models convert --install` fetches what a conversion lacks.'
        : table(
            ['TOOLS', 'TITLE', 'SIZE'],
            tools.map(each => [each.id, each.title, megabytes(each.bytes)]),
          ),
    )
  })
}

/** Folders that are looked through besides the stores of other programs; one can be added or taken off. */
export async function changeFolders(home: Home, options: Json & { add?: string; remove?: string }) {
  await withHost(home, async client => {
    if (options.add !== undefined) await client.models.stores.addFolder({ folder: resolve(options.add) })
    if (options.remove !== undefined) await client.models.stores.removeFolder({ folder: resolve(options.remove) })
    const { stores } = await scanned(client, false)
    show(stores, options, () =>
      table(
        ['STORE', 'TITLE', 'FOLDER'],
        stores.map(each => [each.id, each.title, each.folder]),
      ),
    )
  })
}

/** Takes a model of another program's store into the library where it lies. */
export async function useStored(home: Home, id: string, options: Json) {
  await withHost(home, async client => {
    const model = await client.models.stores.use({ id })
    show(model, options, () => `${model.id} is in the library, where it lies`)
  })
}

/** Whose token of the hub is kept. A new one is read from standard input, so that it is in no list of processes. */
export async function hubToken(home: Home, options: Json & { set?: boolean; forget?: boolean }) {
  const given = options.set ? (await textOf(process.stdin)).trim() : null
  if (given === '') throw new Failure('bad-input', 'No token came on standard input.')
  await withHost(home, async client => {
    const changes = options.set || options.forget
    const token = changes ? await client.models.hub.setToken({ token: given }) : await client.models.hub.token()
    show(token, options, () =>
      token.from === null ? 'No token is kept.' : `A token for ${token.host} is kept (${token.account ?? token.from}).`,
    )
  })
}
