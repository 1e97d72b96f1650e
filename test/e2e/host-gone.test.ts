import { rmSync } from 'node:fs'
import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, shot, startApp, type App } from './harness'

let app: App | null = null
let next: App | null = null
let browser: Browser | null = null

afterAll(async () => {
  await browser?.close()
  await next?.end()
  await app?.end()
  for (const each of [app, next]) if (each) rmSync(each.environment.ROUNDHOUSE_HOME ?? each.home, { recursive: true, force: true })
})

test('a host that was killed is told of, the next one too, and its link lets the old window go on', async () => {
  app = await startApp()
  browser = await openBrowser()
  const { page, context } = await openPage(browser)
  await page.goto(app.link)
  await page.getByText('Gateway ready').waitFor()

  app.host.kill('SIGKILL')
  await once(app.host, 'exit')
  await page.getByText('The host has ended').waitFor({ timeout: 15_000 })
  expect(await page.getByRole('alert').textContent()).toContain('npm run serve')
  expect(await page.getByText('Reconnecting').count()).toBe(0)
  await shot(page, 'host-gone')

  next = await startApp({ ROUNDHOUSE_HOME: app.home })
  expect(new URL(next.link).origin).toBe(new URL(app.link).origin)
  await page.getByText('does not know this window').waitFor({ timeout: 15_000 })
  await shot(page, 'host-unknown')

  const second = await context.newPage()
  await second.goto(next.link)
  await page.getByText('Gateway ready').waitFor({ timeout: 15_000 })
  expect(await page.getByRole('alert').count()).toBe(0)
}, 90_000)
