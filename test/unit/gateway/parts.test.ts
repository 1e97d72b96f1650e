import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKeys, createLocalKeys, hashOf, openLocalKey } from '../../../electron/core/gateway/keys'
import { createLoad } from '../../../electron/core/gateway/load'
import { createTap } from '../../../electron/core/gateway/tap'
import { createThrottle } from '../../../electron/core/gateway/throttle'
import { refusalOfUpstream } from '../../../electron/core/gateway/upstream-error'

test('keys are known by their digest, each with its routes', () => {
  const keys = createKeys([
    { name: 'local', routes: null, sha256: hashOf('rh-one') },
    { name: 'guest', routes: ['a'], sha256: hashOf('rh-two') },
  ])
  expect([keys.check('rh-one'), keys.check('rh-two'), keys.check('rh-three'), keys.check('')]).toEqual([
    { name: 'local', routes: null },
    { name: 'guest', routes: ['a'] },
    null,
    null,
  ])
})

test('the local key is made once, belongs to the user alone, and is repaired when it is none of ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-key-'))
  const file = join(folder, 'run', 'key')
  const key = openLocalKey(join(folder, 'run'))
  expect(key).toMatch(/^rh-[\w-]{43}$/)
  chmodSync(file, 0o644)
  expect(openLocalKey(join(folder, 'run'))).toBe(key)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(createLocalKeys(key).check(key)).toEqual({ name: 'local', routes: null })
  writeFileSync(file, 'short')
  const repaired = openLocalKey(join(folder, 'run'))
  expect(repaired).not.toBe(key)
  expect(readFileSync(file, 'utf8').trim()).toBe(repaired)
  rmSync(folder, { recursive: true, force: true })
})

test('the tap sees the first token, the gaps and the usage, in whatever pieces they come', () => {
  let nowMs = 1_000
  const tap = createTap({ monotonicMs: () => nowMs })
  const at = (ms: number, text: string) => {
    nowMs = 1_000 + ms
    tap.chunk(Buffer.from(text))
  }
  at(50, 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n')
  at(60, 'data: {"choices":[{"delta":{"content":null}}]}\n\n')
  at(100, 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n')
  for (let index = 1; index <= 400; index += 1) at(100 + index * 10, `data: {"choices":[{"delta":{"content":"token ${index}"}}]}\n\n`)
  at(4_170, 'data: {"choices":[],"usage":{"prompt_tokens":12,"comp')
  at(4_170, 'letion_tokens" : 401}}\n\n')
  at(4_170, 'data: [DONE]\n\n')
  nowMs = 5_300
  expect(tap.figures()).toEqual({
    ttftMs: 100,
    itlMs: 4_070 / 400,
    longestGapMs: 70,
    totalMs: 4_300,
    promptTokens: 12,
    outputTokens: 401,
    chunks: 406,
    bytes: expect.any(Number),
  })
  expect(tap.tail().length).toBeLessThan(6_000)
})

test('an answer without tokens and usage has none', () => {
  expect(createTap({ monotonicMs: () => 1 }).figures()).toMatchObject({
    ttftMs: null,
    itlMs: null,
    outputTokens: null,
    promptTokens: null,
    chunks: 0,
  })
})

test('wrong keys wait ever longer, up to a limit, and are forgotten after a minute', () => {
  let nowMs = 0
  const throttle = createThrottle({ monotonicMs: () => nowMs }, { free: 3, mostMs: 100 })
  expect(Array.from({ length: 12 }, () => throttle.wrongKey())).toEqual([0, 0, 0, 2, 4, 8, 16, 32, 64, 100, 100, 100])
  nowMs = 60_001
  expect(throttle.wrongKey()).toBe(0)
})

test('load is counted per instance; waiting for idle ends at the last one or at the limit', async () => {
  const load = createLoad(() => undefined)
  load.enter('a')
  load.enter('a')
  load.enter('b')
  expect([load.of('a'), load.of('b'), load.of('c'), load.total(), load.served()]).toEqual([2, 1, 0, 3, 3])
  let isIdle = false
  const idle = load.idle(5_000).then(() => (isIdle = true))
  load.leave('a')
  load.leave('b')
  await Promise.resolve()
  expect(isIdle).toBe(false)
  load.leave('a')
  await idle
  load.enter('a')
  const began = performance.now()
  await load.idle(30)
  expect(performance.now() - began).toBeGreaterThan(25)
  load.end()
})

test.each([
  [
    429,
    '{"error":{"message":"slow down","code":"rate","param":"model"}}',
    '7',
    { status: 429, code: 'rate', message: 'slow down', param: 'model', headers: { 'retry-after': '7' } },
  ],
  [422, '{"detail":"wrong field"}', undefined, { status: 422, code: 'upstream_error', message: 'wrong field', headers: {} }],
  [
    400,
    '{"object":"error","message":"too long","type":"BadRequestError","code":400}',
    undefined,
    { status: 400, code: 'BadRequestError', message: 'too long', headers: {} },
  ],
  [500, '[1', undefined, { status: 500, code: 'upstream_error', message: 'The runtime answered 500 without saying why.', headers: {} }],
])('an upstream error %d %s', (...row) => {
  const [status, body, retryAfter, expected] = row
  expect(refusalOfUpstream(status, body, retryAfter)).toEqual(expected)
})
