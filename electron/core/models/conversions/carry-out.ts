import { existsSync } from 'node:fs'
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../../../contract/failure'
import type { JobControl, StepControl } from '../../lib/jobs.types'
import { runToolLines } from '../../lib/run-tool-lines'
import type { Conversion, ConversionStep } from '../../runtimes/common-conversion'

type Run = Extract<ConversionStep, { kind: 'run' }>
type Place = Extract<ConversionStep, { kind: 'place' }>
export type CarryOptions = { serverDown: Conversion['serverDown']; env?: Readonly<Record<string, string>> }

const lookEveryMs = 500
/** What will be written is reckoned; it is not whole before the tool says so. */
const mostShare = 0.99

/** Does the steps in order; each tool is a step of the job, `run-0` first. */
export async function carryOut(steps: readonly ConversionStep[], job: JobControl, options: CarryOptions): Promise<void> {
  let runs = 0
  for (const step of steps) {
    job.signal.throwIfAborted()
    if (step.kind === 'run') await runStep(step, job, { ...options, step: job.step(`run-${runs++}`) })
    else if (step.kind === 'write') await writeFile(step.path, step.text)
    else await place(step, job)
  }
}

async function runStep(run: Run, job: JobControl, { serverDown, env, step }: CarryOptions & { step: StepControl }) {
  step.start()
  const endWatch = run.grows && run.grows.bytes > 0 ? watchGrowth(run.grows, step) : null
  try {
    const progress = (text: string) => tell(run.progress?.(text) ?? null, step)
    await runToolLines({ ...run, ...(env && { env }) }, { signal: job.signal, log: text => job.log(text), progress })
    await endWatch?.()
    step.done()
  } catch (error) {
    if (!serverDown || !(error instanceof Error) || !serverDown.words.test(error.message)) throw error
    throw new Failure('server-down', serverDown.text, { cause: error })
  } finally {
    await endWatch?.()
  }
}

/** True for what is counted: a bar, which is no line of the log. */
function tell(told: ReturnType<NonNullable<Run['progress']>>, step: StepControl): boolean {
  if (told === null) return false
  if (told.stage !== null) step.detail(told.stage)
  if (told.done === null) return false
  step.progress(told.done, told.total, told.unit)
  return true
}

/** Tells how much of what a tool writes is there, for one that does not say; returns what ends the watching. */
function watchGrowth({ path, bytes }: NonNullable<Run['grows']>, step: StepControl): () => Promise<void> {
  let looking = Promise.resolve()
  const look = async () => {
    const there = await sizeOf(path)
    if (there > 0) step.progress(Math.floor(Math.min(there / bytes, mostShare) * 100), 100, 'percent')
  }
  const timer = setInterval(() => {
    looking = looking.then(look)
  }, lookEveryMs)
  return () => {
    clearInterval(timer)
    return looking
  }
}

async function sizeOf(path: string): Promise<number> {
  const entry = await stat(path).catch(() => null)
  if (!entry?.isDirectory()) return entry?.size ?? 0
  const sizes = await Promise.all((await readdir(path).catch(() => [])).map(name => sizeOf(join(path, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Names that this app gave, until the store has taken them in. */
const given = new WeakSet<Place>()

async function place(step: Place, job: JobControl) {
  if (existsSync(step.to)) return
  await mkdir(dirname(step.to), { recursive: true })
  try {
    await link(step.from, step.to)
    given.add(step)
  } catch (error) {
    job.log(`${step.title} is left out: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** After a failure or a cancel: the names that these steps gave go again, unless the store took them in all the same. */
export async function undoPlaces(steps: readonly ConversionStep[]): Promise<void> {
  for (const step of steps) {
    if (step.kind !== 'place' || !given.has(step) || (await hasText(step.keptIf))) continue
    await rm(step.to, { force: true })
  }
}

async function hasText({ folder, has }: Place['keptIf']): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries.filter(each => each.isFile())) {
    if ((await readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => '')).includes(has)) return true
  }
  return false
}
