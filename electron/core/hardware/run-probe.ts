import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProbeRun } from '../../contract/machine'
import { defineTask, type Background } from '../lib/background'
import type { Clock } from '../lib/clock'
import { runTool } from '../lib/run-tool'
import { diskOf } from './disk'
import { findTool, type ToolFolders } from './find-tool'
import type { Platform, Reading } from './hardware.types'
import type { Probe } from './probes'

export type ProbeWorld = {
  platform: Platform
  clock: Clock
  /** Null where no probe that needs it is asked. */
  background: Background | null
  tools: ToolFolders
  /** `/` in life; a folder with files of a machine in tests. */
  root: string
  /** Where models are kept, for the disk below it; null where that is not known. */
  modelsFolder?: string | null
  signal?: AbortSignal
}

type Answer = { outcome: ProbeRun['outcome']; text: string; exitCode: number | null }

/** A tool is killed at its limit; one that cannot be killed (stuck in its driver) is left behind this much later. */
const giveUpMs = 400

/** Asks one probe; never throws, and never takes longer than its limit and a moment. */
export async function runProbe(probe: Probe, world: ProbeWorld): Promise<Reading> {
  const began = world.clock.monotonicMs()
  const answer = await withinLimit(answerOf(probe, world), probe.timeoutMs + giveUpMs)
  const durationMs = Math.round(world.clock.monotonicMs() - began)
  const run: ProbeRun = { probe: probe.id, commandLine: shownAs(probe), exitCode: answer.exitCode, durationMs, outcome: answer.outcome }
  return { fileName: probe.fileName, text: answer.text, run }
}

function shownAs(probe: Probe): string {
  if (probe.kind === 'tool') return [probe.file, ...probe.args].join(' ')
  if (probe.kind === 'file') return probe.path
  if (probe.kind === 'disk') return 'the disk of the models folder'
  return probe.kind === 'files' ? probe.shown : probe.task
}

async function answerOf(probe: Probe, world: ProbeWorld): Promise<Answer> {
  try {
    if (probe.kind === 'tool') return await askTool(probe, world)
    if (probe.kind === 'file') return read(await readFile(join(world.root, probe.path), 'utf8'))
    if (probe.kind === 'files') return read(await probe.collect(world.root))
    if (probe.kind === 'disk') return read(await diskOf(world.root, world.modelsFolder ?? null))
    if (!world.background) return { outcome: 'missing', text: '', exitCode: null }
    const task = defineTask<null, string>(probe.task)
    return read(await world.background.run(task, null, { timeoutMs: probe.timeoutMs, ...(world.signal ? { signal: world.signal } : {}) }))
  } catch (error) {
    const isMissing =
      error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'ENOTDIR')
    return { outcome: isMissing ? 'missing' : 'failed', text: '', exitCode: null }
  }
}

const read = (text: string): Answer => ({ outcome: text === '' ? 'missing' : 'read', text, exitCode: text === '' ? null : 0 })

async function askTool(probe: Extract<Probe, { kind: 'tool' }>, { tools }: ProbeWorld): Promise<Answer> {
  const found = await findTool(probe.file, tools)
  if (found === null) return { outcome: 'missing', text: '', exitCode: null }
  const { outcome, stdout, stderr, exitCode } = await runTool(found, probe.args, { timeoutMs: probe.timeoutMs })
  // What a tool says when it fails is on either stream, and worth reading; warnings beside an answer are not.
  const text = outcome === 'read' && stdout !== '' ? stdout : [stdout, stderr].filter(part => part !== '').join('\n')
  return { outcome, text, exitCode }
}

/** One look at the clock; a loop that was held up for seconds counts as one look, not as seconds. */
const lookEveryMs = 50

/** Gives up after `limitMs` in which this loop could have heard an answer: what only we were too busy to hear is not late. */
async function withinLimit(answer: Promise<Answer>, limitMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Answer>(resolve => {
    let looks = 0
    timer = setInterval(() => {
      looks += 1
      if (looks * lookEveryMs >= limitMs) resolve({ outcome: 'timed-out', text: '', exitCode: null })
    }, lookEveryMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearInterval(timer)
  }
}
