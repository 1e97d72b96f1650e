import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { httpServerGet } from '../../../electron/core/runtimes/common-access-log'
import { createOwnQuestions } from '../../../electron/core/supervisor/own-questions'
import { boot, cleanUp, fakeSpec, logText, until } from './harness'

afterEach(cleanUp)

describe('lines of our own questions', () => {
  test('are left out of the log, and requests of others for the same are not', { timeout: 20_000 }, async () => {
    let asked = 0
    const fetch: typeof globalThis.fetch = (input, init) => {
      if (typeof input === 'string' && input.endsWith('/health')) asked += 1
      return globalThis.fetch(input, init)
    }
    const { supervisor } = await boot({ fetch, timings: { liveEveryMs: 60 } })
    const { id, address } = await supervisor.start(fakeSpec('a', { behaviour: ['--access-log'], launch: { accessLog: httpServerGet } }))
    await until(() => asked >= 6)
    const lines = () =>
      logText(supervisor, id)
        .split('\n')
        .filter(line => line.includes('HTTP/1.1'))
    // The one token that readiness asks for is no GET of ours that comes again and again.
    expect(lines().map(line => line.replace(/^.*"(\w+ \S+) .*$/, '$1'))).toEqual(['POST /v1/chat/completions'])
    const theirs = new URL('/health', address ?? '').href
    for (let times = 0; times < 3; times += 1) await globalThis.fetch(theirs)
    await until(() => lines().length >= 4)
    await sleep(300)
    expect(lines().filter(line => line.includes('GET /health'))).toHaveLength(3)
    // A page of figures that a place of the window asks for.
    supervisor.asks(id, '/health?figures')
    await globalThis.fetch(`${theirs}?figures`)
    await globalThis.fetch(`${theirs}?end`)
    await until(() => lines().some(line => line.includes('?end')))
    expect(lines().filter(line => line.includes('?figures'))).toEqual([])
  })

  test('are as many as were asked, of the same path, and lately', () => {
    let nowMs = 0
    const { asked, isOurs } = createOwnQuestions({ wall: () => '', monotonicMs: () => nowMs })
    asked('/health')
    asked('/health')
    expect([isOurs('/metrics'), isOurs('/health'), isOurs('/health'), isOurs('/health')]).toEqual([false, true, true, false])
    const takeBack = asked('/health')
    takeBack()
    expect(isOurs('/health')).toBe(false)
    asked('/health')
    nowMs = 20_000
    expect(isOurs('/health')).toBe(false)
  })
})
