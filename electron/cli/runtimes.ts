import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Failure } from '../contract/failure'
import type { OfferDetail, UpdateRecord } from '../contract/install'
import type { RuntimeDetail, RuntimesSnapshot } from '../contract/runtime-detail'
import type { Home } from '../core/lib/home'
import { withHost, type Client } from './connect'
import { followJob } from './follow-job'
import { exitCodes, print, printJson } from './output'
import { doctorInWords, listInWords, planInWords, updateInWords } from './runtimes-words'

type Json = { json?: boolean }

async function snapshotOf(client: Client): Promise<RuntimesSnapshot> {
  for await (const snapshot of await client.runtimes.watch()) if (!snapshot.looking) return snapshot
  throw new Failure('unexpected', 'The host ended.')
}

function show<Value>(value: Value, { json }: Json, words: (value: Value) => string) {
  if (json) printJson(value)
  else print(words(value))
}

/** What removing a build frees is measured when it is asked for the first time: waited for this long. */
const measuredWithinMs = 5_000

async function measuredSnapshotOf(client: Client): Promise<RuntimesSnapshot> {
  let last = await snapshotOf(client)
  const signal = AbortSignal.timeout(measuredWithinMs)
  const isMeasured = () => last.runtimes.every(each => each.builds.every(({ origin, bytes }) => origin !== 'managed' || bytes !== null))
  if (isMeasured()) return last
  try {
    for await (const snapshot of await client.runtimes.watch(undefined, { signal })) {
      last = snapshot
      if (!snapshot.looking && isMeasured()) return last
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return last
}

/** Lists runtimes with their builds and offers. */
export async function listRuntimes(home: Home, options: Json) {
  const { runtimes } = await withHost(home, measuredSnapshotOf)
  show(runtimes, options, listInWords)
}

export type InstallOptions = Json & { yes?: boolean; plan?: boolean }

/** Installs an offer, or the best one of a runtime; `--plan` only shows what that would do. */
export async function installBuild(home: Home, what: string, options: InstallOptions) {
  const answer = await withHost(home, async client => {
    const offer = await offerFor(client, what)
    if (options.plan) return { offer, build: null }
    const started = await client.runtimes.install({ offer: offer?.id ?? what, agreed: options.yes ?? false })
    return { offer, build: await followJob(client, started) }
  })
  if (options.plan) {
    if (!answer.offer) throw new Failure('bad-input', `${what} is a build that is here; its repair has no plan.`)
    show(answer.offer, options, planInWords)
  } else show({ build: answer.build }, options, ({ build }) => `Installed ${build ?? what}.`)
}

/** The offer that a word means; null when it names a build that is here. */
async function offerFor(client: Client, what: string): Promise<OfferDetail | null> {
  const { runtimes } = await snapshotOf(client)
  if (runtimes.some(({ builds }) => builds.some(each => each.id === what))) return null
  const runtime = runtimes.find(each => each.id === what)
  if (!runtime) return await client.runtimes.plan({ offer: what })
  const open = runtime.offers.find(each => each.why === null)
  if (open) return open
  throw new Failure('not-available-here', whyNothing(runtime))
}

function whyNothing({ title, verdict, offers, builds }: RuntimeDetail): string {
  if (!verdict.can) return `${title} cannot run here: ${verdict.why}`
  const [first] = offers
  if (first) return `${first.title} cannot be installed now: ${first.why ?? ''}`
  return builds.length > 0 ? `All of ${title} that could be installed is here.` : `There is no way to install ${title} from here.`
}

/** Makes a build the one that starts take. */
export async function useBuild(home: Home, build: string, options: Json) {
  await withHost(home, client => client.runtimes.use({ build }))
  show({ active: build }, options, () => `Starts take ${build} from now on; what runs stays on its build.`)
}

export type UpdateOptions = Json & { to?: string; insist?: boolean; plan?: boolean }

/** Installs beside, compares and switches if it holds. Ends with 1 when it did not switch. */
export async function updateRuntime(home: Home, runtime: string, options: UpdateOptions) {
  const target = options.to ?? null
  if (options.plan) {
    const plan = await withHost(home, client => client.runtimes.updatePlan({ runtime, target }))
    show(plan, options, ({ from, to, steps }) => [`${from.title} -> ${to.title}`, ...steps.map(each => `  ${each}`)].join('\n'))
    return
  }
  const record = await withHost(home, async client => {
    const id = await followJob(client, await client.runtimes.update({ runtime, target, insist: options.insist ?? false }))
    return recordOf(await snapshotOf(client), id)
  })
  show(record, options, updateInWords)
  if (!record.switched) process.exitCode = exitCodes.failed
}

function recordOf({ runtimes }: RuntimesSnapshot, id: string | null): UpdateRecord {
  const record = runtimes.flatMap(each => each.updates).find(each => each.id === id)
  if (!record) throw new Failure('unexpected', 'The update left no record.')
  return record
}

/** Back to the build and settings before the last switch. */
export async function rollbackRuntime(home: Home, runtime: string, options: Json & { kind?: string }) {
  const { build } = await withHost(home, client => client.runtimes.rollback({ runtime, kind: options.kind ?? null }))
  show({ active: build }, options, () => `Starts take ${build} again, with the settings of then.`)
}

/** Removes a build of ours, or with `--dry-run` says what that would free. */
export async function removeBuild(home: Home, build: string, options: Json & { dryRun?: boolean }) {
  const removal = await withHost(home, async client => {
    const preview = await client.runtimes.removal({ build })
    if (options.dryRun) return preview
    await followJob(client, await client.runtimes.remove({ build }))
    return preview
  })
  const verb = options.dryRun ? 'would free' : 'freed'
  show(removal, options, ({ title, bytes, files, why, next }) =>
    [
      why === null ? `${title} ${verb} ${(bytes / 1e6).toFixed(1)} MB in ${files} files.` : `${title} stays: ${why}`,
      ...(next === null ? [] : [`Starts then take ${next}.`]),
    ].join('\n'),
  )
}

/** Installs a build of ours again from the source of its manifest. */
export async function repairBuild(home: Home, build: string, options: Json) {
  const repaired = await withHost(home, async client => followJob(client, await client.runtimes.repair({ build })))
  show({ build: repaired }, options, () => `Repaired ${build}.`)
}

/** Says what was looked for, where, and what was found; `--record` writes the answers as a fixture. */
export async function doctorRuntime(home: Home, runtime: string, options: Json & { record?: string }) {
  const report = await withHost(home, client => client.runtimes.doctor({ runtime, record: options.record !== undefined }))
  const { recordings, ...rest } = report
  if (options.record !== undefined) {
    await mkdir(options.record, { recursive: true })
    await writeFile(join(options.record, 'doctor.json'), `${JSON.stringify(rest, null, 2)}\n`)
    for (const { name, text } of recordings) await writeFile(join(options.record, basename(name)), text)
  }
  const recorded = options.record === undefined ? [] : ['doctor.json', ...recordings.map(each => basename(each.name))]
  show({ ...rest, recorded }, options, value => doctorInWords(value, value.recorded))
}
