import { afterEach, beforeEach } from 'vitest'
import { startUpstream, type TestUpstream } from '../../fixtures/upstream'
import { ready, startGateway, type TestGateway } from './setup'

/** The one origin that the strict gateway lets in from a page. */
export const origin = 'https://allowed.example'

/** Status of a raw HTTP answer, 0 when there was none. */
export const status = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)

/** A gateway with low limits before a real upstream, both new for each test of the calling file. */
export function strictGateway() {
  const running = {} as { upstream: TestUpstream; started: TestGateway }
  beforeEach(async () => {
    running.upstream = await startUpstream({ tokens: ['x'] })
    const limits = { bodyBytes: 200_000, wrongKeysBeforeDelay: 1_000, headersMs: 400, requestMs: 800, checkEveryMs: 100, connections: 24 }
    const routes = { 'org/name': ready(running.upstream.address), 'other/model': ready(running.upstream.address) }
    running.started = await startGateway(routes, { limits, allowedOrigins: [origin] })
  })
  afterEach(async () => {
    await running.started.close()
    await running.upstream.close()
  })
  return running
}
