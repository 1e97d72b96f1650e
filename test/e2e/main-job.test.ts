import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Instance } from '../../electron/contract/instance'
import type { ModelsSnapshot } from '../../electron/contract/model'
import { openBrowser, openPage, runCli, shot, startApp, type App } from './harness'

/** The main job as a newcomer does it: the real app, real Chromium, a real engine. Figures are printed, the screenshots are the README's. */
/** What stands above the stack that Home leads with: the best of all, or of what can be had where this runs. */
const leads = /^(Recommended|The best that can be had from here|Can be started now)$/

describe('from the first look to answers side by side', () => {
  let app: App
  let browser: Browser
  let page: Page
  let faults: string[]
  let openedAt = 0
  const smol = 'HuggingFaceTB/SmolLM2-135M-Instruct'
  let second = ''

  beforeAll(async () => {
    app = await startApp()
    browser = await openBrowser()
    ;({ page, faults } = await openPage(browser))
    openedAt = performance.now()
    await page.goto(app.link)
  }, 60_000)

  afterAll(async () => {
    await browser.close()
    await app.end()
  }, 40_000)

  const sinceOpened = () => Math.round(performance.now() - openedAt)
  const instances = async () => JSON.parse((await runCli(app, 'ps', '--json')).stdout) as Instance[]

  test('the window is there soon, shows the machine and a stack with its reasons', async () => {
    await page.getByRole('heading', { name: 'This machine' }).waitFor()
    const interactiveMs = sinceOpened()
    await page.getByText(leads).waitFor()
    process.stdout.write(
      `host up in ${Math.round(app.startedInMs)} ms, window interactive ${interactiveMs} ms after that, decision after ${sinceOpened()} ms\n`,
    )
    expect(
      await page
        .getByText(/GB free/)
        .first()
        .isVisible(),
    ).toBe(true)
    for (const part of ['Memory', 'Speed', 'Evidence', 'You give up'])
      expect(await page.getByText(part, { exact: true }).first().isVisible()).toBe(true)
    await page.getByText('Gateway ready').waitFor()
  }, 30_000)

  test('one click starts the engine test, and the proof says where it runs and that it answers right', async () => {
    const clickedAt = performance.now()
    // The last one is the engine test; one above it would download a real model first.
    await page.getByRole('button', { name: 'Start that' }).last().click()
    await page.getByText('Ready now').waitFor({ timeout: 60_000 })
    process.stdout.write(`engine test ready and proven ${Math.round(performance.now() - clickedAt)} ms after the click\n`)
    expect(await page.getByText('72 of 72 known answers right').isVisible()).toBe(true)
    expect(
      await page
        .getByText(/on the CPU, verified|on the GPU/)
        .first()
        .isVisible(),
    ).toBe(true)
    await shot(page, 'first-start-light')
  }, 70_000)

  test('a real model where a source can be reached, else the draft, starts beside it under a route of its own', async () => {
    const { offered } = JSON.parse((await runCli(app, 'models', '--json')).stdout) as Pick<ModelsSnapshot, 'offered'>
    const source = offered.find(each => each.model.id === smol)?.artifacts[0]?.source ?? null
    second = source === null ? 'roundhouse/canary-draft' : smol
    const began = performance.now()
    const ran = await runCli(app, 'up', '--model', second, '--json')
    process.stdout.write(
      `${second} fetched from ${source ?? 'the app'}, started and proven in ${Math.round(performance.now() - began)} ms\n`,
    )
    const up = JSON.parse(ran.stdout) as { route: string; instances: { id: string; pid: number }[] }
    expect(up.route.startsWith(`${second}:`)).toBe(true)
    expect(up.instances).toHaveLength(2)
  }, 120_000)

  test('both answer one prompt at once with their figures, and a reload in the middle loses nothing', async () => {
    await page.goto(`${new URL(page.url()).origin}/#/compare`)
    const prompt = page.getByRole('textbox', { name: 'Prompt' })
    await prompt.waitFor()
    await chooseTargets(page)
    await page.getByRole('radio', { name: 'all at once' }).check()
    await prompt.fill('How does a model write text?')
    await page.keyboard.press('Control+Enter')
    await page.getByText('First your text is cut into tokens').first().waitFor({ timeout: 20_000 })
    // The real model writes for seconds, so that this reload falls into its answer.
    if (second === smol)
      await page.waitForFunction(() => document.body.innerText.includes('Streaming') && document.body.innerText.length > 1_200)
    const seen = await answers(page)
    await page.reload()
    await finished(page)
    const whole = await answers(page)
    for (const [pane, text] of seen.entries()) expect(beginsWith(whole[pane], text)).toBe(true)
    await shot(page, 'compare-light')
    await page.reload()
    await finished(page)
    expect(await answers(page)).toEqual(whole)
  }, 120_000)

  test('Running shows both, and stopping one leaves no process', async () => {
    const before = await instances()
    await page.goto(`${new URL(page.url()).origin}/#/running`)
    await page.getByText('llama-cpp-1').first().waitFor()
    const stopped = await runCli(app, 'stop', before[0]?.id ?? '', '--json')
    expect(stopped.code).toBe(0)
    expect(isAlive(before[0]?.pid ?? 0)).toBe(false)
  }, 40_000)

  const everywhere = ['#/', '#/compare', '#/running', '#/models', '#/runtimes', '#/runtimes/llama.cpp', '#/predictions', '#/settings']
  test.each(everywhere)('nothing is hard to reach at %s', async place => {
    await page.goto(`${new URL(page.url()).origin}/${place}`)
    await page.getByRole('navigation', { name: 'Places' }).waitFor()
    await page.waitForTimeout(400)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(each => `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([])
  })

  test('the page raised no fault and no policy was violated', () => {
    expect(faults).toEqual([])
  })

  test('dark and narrow windows are drawn too', async () => {
    const { page: dark, context } = await openPage(browser, { theme: 'dark', width: 1440 })
    await context.addCookies(await page.context().cookies())
    await dark.goto(new URL(page.url()).origin)
    await dark.getByText(leads).waitFor()
    await dark.waitForTimeout(500)
    await shot(dark, 'home-dark')
    await dark.setViewportSize({ width: 1024, height: 700 })
    await dark.waitForTimeout(300)
    expect(await dark.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1024)
    await context.close()
    await page.goto(`${new URL(page.url()).origin}/#/`)
    await page.getByText(leads).waitFor()
    await page.waitForTimeout(500)
    await shot(page, 'home-light')
    await page.goto(`${new URL(page.url()).origin}/#/runtimes`)
    await page.getByRole('region', { name: 'Matrix' }).waitFor()
    await page.waitForTimeout(500)
    await shot(page, 'runtimes-light')
  }, 30_000)
})

/** Two panes, each with one of what runs; a pane that has found its target by itself is left alone. */
async function chooseTargets(page: Page) {
  for (let pane = 0; pane < 2; pane++) {
    const open = page.getByRole('button', { name: 'Choose what to ask' }).first()
    if (!(await open.isVisible().catch(() => false))) return
    await open.click()
    await page.getByRole('menuitem').or(page.getByRole('menuitemradio')).nth(pane).click()
  }
}

/** Text of each pane's answer. */
const answers = (page: Page) => page.getByRole('region', { name: /^Answer/ }).allInnerTexts()

/** By letters and digits only: markdown that is not complete yet is drawn otherwise, and the last letters may be half a mark. */
function beginsWith(whole: string | undefined, part: string): boolean {
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '')
  const begun = letters(part)
  return letters(whole ?? '').startsWith(begun.slice(0, Math.max(0, begun.length - 8)))
}

/** Every pane has its finish reason and nothing is being written. */
async function finished(page: Page) {
  await page.waitForFunction(
    () =>
      document.querySelectorAll('textarea').length > 0 &&
      !/Streaming|Waiting/.test(document.body.innerText) &&
      /\b(stop|length)\b/.test(document.body.innerText),
    undefined,
    { timeout: 60_000 },
  )
  await page.waitForTimeout(400)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
