import { writeFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'playwright-core'
import * as z from 'zod'

/** What a page's main thread spent on script, in milliseconds: by the clock, and of the processor alone, which a busy machine does not lengthen. */
export type ScriptTime = { wallMs: number; cpuMs: number }

/**
 * Events that are script: functions called from outside, and what promises go on with. Chromium's own `ScriptDuration` leaves out the latter
 * where no function stands around them, as after a message that was waited for.
 */
const scripts = new Set(['FunctionCall', 'v8.callFunction', 'EvaluateScript', 'RunMicrotasks', 'V8.RunMicrotasks'])
const categories = ['devtools.timeline', 'v8', 'v8.execute']

const eventSchema = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number().optional(),
  dur: z.number().optional(),
  tts: z.number().optional(),
  tdur: z.number().optional(),
})
type Event = z.infer<typeof eventSchema>
const traceSchema = z.object({ traceEvents: z.array(eventSchema) })

export const startScriptTrace = (browser: Browser, page: Page) => browser.startTracing(page, { categories })

/** Of the thread that ran most script since the trace began: that of the page. */
export async function stopScriptTrace(browser: Browser): Promise<ScriptTime> {
  const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString('utf8')))
  const byThread = Map.groupBy(
    traceEvents.filter(event => event.ph === 'X' && scripts.has(event.name)),
    event => `${event.pid} ${event.tid}`,
  )
  const times = [...byThread.values()].map(scriptTimeOf)
  return times.reduce((most, each) => (each.cpuMs > most.cpuMs ? each : most), { wallMs: 0, cpuMs: 0 })
}

/** Each moment counts once, however many events stand around it. Times in a trace are microseconds. */
export function scriptTimeOf(events: readonly Event[]): ScriptTime {
  const wall = events.map(({ ts = 0, dur = 0 }) => ({ from: ts, to: ts + dur }))
  const cpu = events.map(({ tts = 0, tdur = 0 }) => ({ from: tts, to: tts + tdur }))
  return { wallMs: covered(wall) / 1_000, cpuMs: covered(cpu) / 1_000 }
}

function covered(spans: readonly { from: number; to: number }[]): number {
  let sum = 0
  let end = -Infinity
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return sum
}

/** Samples what the page's script does until the returned function is called, which writes it where browsers can open it. */
export async function startProfile(session: CDPSession, path: string): Promise<() => Promise<void>> {
  await session.send('Profiler.enable')
  await session.send('Profiler.setSamplingInterval', { interval: 200 })
  await session.send('Profiler.start')
  return async () => {
    const { profile } = await session.send('Profiler.stop')
    writeFileSync(path, JSON.stringify(profile))
  }
}
