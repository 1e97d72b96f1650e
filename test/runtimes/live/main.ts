import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { recordedRows } from '../recorded-checks'
import { startApp, type App } from './app'
import { parseRows } from './parse-only'
import { saveRecords } from './records'
import type { TimedRow } from './rows'
import { runSubject } from './run-subject'
import type { Server } from './servers'
import { subjects, type Means, type Subject } from './subjects'
import { tableOf } from './table'

/** `npm run test:runtimes`: every runtime that can be had here, driven through the app's own core; the others by their fixtures. */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    /** Runtimes or builds, separated by commas. */
    only: { type: 'string' },
    /** Writes what was seen into resources/knowledge/conformance.json. */
    save: { type: 'boolean' },
    'live-only': { type: 'boolean' },
  },
})
const only = values.only?.split(',').map(each => each.trim())
const isWanted = (names: readonly string[]) => only === undefined || names.some(name => only.includes(name))
const say = (line: string) => void process.stderr.write(`${line}\n`)

const root = join(import.meta.dirname, '..', '..')
const cache = resolve(process.env.ROUNDHOUSE_CACHE ?? join(homedir(), '.cache', 'roundhouse'))
const rows: TimedRow[] = []

function tell(row: TimedRow) {
  rows.push(row)
  say(`${row.result.padEnd(4)} ${row.runtime} ${row.build} ${row.check} ${row.ms ?? ''} ms ${row.why ?? ''}`)
}

type Prepared = { subject: Subject; folder: string | null; server: Server | null }

/** What has to be there before the app looks for it; what cannot be had is a skipped row with the reason. */
async function prepare(subject: Subject, means: Means): Promise<Prepared | null> {
  const { source } = subject
  try {
    if (source.kind === 'program') return { subject, folder: await source.provide(means), server: null }
    if (source.kind === 'server') return { subject, folder: null, server: await source.provide(means) }
    return { subject, folder: null, server: null }
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    tell({ runtime: subject.runtime, build: subject.build, version: null, live: true, check: 'install', result: 'skip', why, ms: null })
    return null
  }
}

/** The subject with the model that its folder is in the library; without the folder its start tells what is missing. */
async function withModel(app: App, subject: Subject): Promise<Subject> {
  if (!subject.folder) return subject
  try {
    return { ...subject, chatModel: (await app.core.models.importFile(await subject.folder({ cache, say }))).id }
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return subject
  }
}

async function runLive() {
  await mkdir(cache, { recursive: true })
  const wanted = subjects.filter(each => isWanted([each.runtime, each.build]))
  const prepared: Prepared[] = []
  for (const subject of wanted) prepared.push(...[await prepare(subject, { cache, say })].filter(each => each !== null))
  const folders = prepared.flatMap(each => each.folder ?? [])
  const environment = Object.assign({ ...process.env }, ...prepared.map(each => each.server?.environment ?? {})) as NodeJS.ProcessEnv
  const path = [...folders, process.env.PATH ?? ''].join(delimiter)
  const app = await startApp(cache, { ...environment, PATH: path })
  try {
    for (const { subject, server } of prepared) await runSubject({ app, subject: await withModel(app, subject), server, tell })
  } finally {
    await app.end()
    for (const { server } of prepared) await server?.end()
  }
}

await runLive()
// Before the long rest: what was seen is kept even when that is interrupted.
if (values.save) await saveRecords(join(root, 'resources', 'knowledge', 'conformance.json'), rows)
for (const row of await parseRows({ cache, say }, isWanted)) tell(row)
if (!values['live-only']) rows.push(...(await recordedRows(root)).filter(row => isWanted([row.runtime])))
const plain = rows.map(({ runtime, build, live, check, result, why }) => ({ runtime, build, live, check, result, ...(why && { why }) }))
process.stdout.write(values.json ? `${JSON.stringify({ rows: plain })}\n` : `${tableOf(rows.filter(row => row.live))}\n`)
process.exitCode = rows.some(row => row.result === 'fail') ? 1 : 0
