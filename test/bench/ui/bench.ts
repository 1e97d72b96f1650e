import { fork } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { connect, type Client } from '../../../electron/cli/connect'
import { samplingSchema } from '../../../electron/contract/compare'
import { openHome } from '../../../electron/core/lib/home'
import { openBrowser, openPage, startApp } from '../../e2e/harness'
import { startProfile, startScriptTrace, stopScriptTrace } from './script-time'

/**
 * What the window costs while answers stream: panes of a comparison written at a fixed rate by a synthetic runtime, through the real
 * host and gateway, into the real page in Chromium. Script time counts functions and promises, by the clock and of the processor alone
 * (the latter is what two runs on a busy machine can be compared by); long tasks are over 50 ms. `--profile name` also writes a CPU profile
 * of each kind of text (name-plain.cpuprofile), which browsers open.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    panes: { type: 'string', default: '8' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '8' },
    profile: { type: 'string' },
  },
})
const panes = Number(values.panes)
const tokPerSec = Number(values.rate)
const seconds = Number(values.seconds)
const say = (line: string) => process.stderr.write(`${line}\n`)

type Figures = {
  scriptMsPerSec: number
  scriptCpuMsPerSec: number
  taskMsPerSec: number
  longTasks: number
  longestTaskMs: number
  deliveredTokPerSec: number
  drawsPerSec: number
}

function startTextServer(): Promise<{ port: number; end(): void }> {
  const child = fork(join(import.meta.dirname, 'text-server.js'), [String(tokPerSec)], { execArgv: [] })
  return new Promise((resolve, reject) => {
    child.once('message', port => resolve({ port: Number(port), end: () => void child.kill() }))
    child.once('exit', code => reject(new Error(`The text server ended with ${String(code)}`)))
  })
}

async function measure(client: Client, browser: Browser, options: { link: string; route: string; kind: string }): Promise<Figures> {
  const sampling = samplingSchema.parse({ maxTokens: (seconds + 4) * tokPerSec })
  const wanted = Array.from({ length: panes }, (_, index) => ({ id: `pane-${index}`, route: options.route, sampling }))
  const { id } = await client.compare.create({ panes: wanted })
  const { page, context } = await openPage(browser)
  await page.goto(options.link)
  await page.goto(`${new URL(options.link).origin}/#/compare/${id}`)
  await page.getByRole('region', { name: `Answer ${panes}` }).waitFor()
  await page.evaluate(() => {
    const seen = { long: [] as number[], draws: 0 }
    Object.assign(globalThis, { seen })
    new PerformanceObserver(list => seen.long.push(...list.getEntries().map(each => each.duration))).observe({ type: 'longtask' })
    new MutationObserver(() => (seen.draws += 1)).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable')
  const metrics = async () => {
    const { metrics: all } = await session.send('Performance.getMetrics')
    const of = (name: string) => all.find(each => each.name === name)?.value ?? 0
    return { task: of('TaskDuration'), at: of('Timestamp') }
  }
  await client.compare.run({ id, prompt: 'Write.', mode: 'at-once' })
  // The first second opens the answers; the bar is about what follows.
  await sleep(1_500)
  await page.evaluate(() => Object.assign(Reflect.get(globalThis, 'seen') as object, { long: [], draws: 0 }))
  const textLength = () =>
    page.evaluate(() => [...document.querySelectorAll('[aria-label^="Answer "]')].reduce((sum, each) => sum + each.textContent.length, 0))
  const endProfile = values.profile === undefined ? null : await startProfile(session, `${values.profile}-${options.kind}.cpuprofile`)
  await startScriptTrace(browser, page)
  const [before, lengthBefore] = [await metrics(), await textLength()]
  await sleep(seconds * 1_000)
  const [after, lengthAfter] = [await metrics(), await textLength()]
  const script = await stopScriptTrace(browser)
  await endProfile?.()
  const seen = await page.evaluate(() => Reflect.get(globalThis, 'seen') as { long: number[]; draws: number })
  await client.compare.stop({ id, generationId: null })
  await context.close()
  const took = after.at - before.at
  const round = (value: number) => Math.round(value * 10) / 10
  return {
    scriptMsPerSec: round(script.wallMs / took),
    scriptCpuMsPerSec: round(script.cpuMs / took),
    taskMsPerSec: round(((after.task - before.task) * 1_000) / took),
    longTasks: seen.long.length,
    longestTaskMs: Math.round(Math.max(0, ...seen.long)),
    deliveredTokPerSec: round((lengthAfter - lengthBefore) / took / 5.5),
    drawsPerSec: round(seen.draws / took),
  }
}

const server = await startTextServer()
const app = await startApp()
const browser = await openBrowser()
try {
  const connection = await connect(openHome(app.environment))
  if (!connection) throw new Error('The host does not answer')
  const { client } = connection
  const figures: Record<string, Figures> = {}
  for (const route of ['plain', 'markdown']) {
    const { route: name } = await client.instances.attach({ address: `http://127.0.0.1:${server.port}/v1`, key: null, model: route })
    const host = await fetch(`${connection.host.control}/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${connection.host.controlKey}` },
    })
    const { token } = (await host.json()) as { token: string }
    figures[route] = await measure(client, browser, { link: `${connection.host.control}/open/${token}`, route: name, kind: route })
    say(`${route}: ${JSON.stringify(figures[route])}`)
  }
  connection.close()
  const result = { panes, tokPerSec, ...figures }
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
} finally {
  await browser.close()
  await app.end()
  server.end()
}
process.exit(0)
