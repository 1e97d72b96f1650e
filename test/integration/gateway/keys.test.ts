import { describe, expect, test } from 'vitest'
import { chat, errorOf, key, modelsOf, narrowKey, rawRequest, startGateway } from './setup'
import { status, strictGateway } from './strict-gateway'

const running = strictGateway()

describe('key', () => {
  const wrong: [string, Record<string, string>, string][] = [
    ['none', {}, ''],
    ['a wrong one', { authorization: 'Bearer rh-wrong' }, ''],
    ['an empty one', { authorization: 'Bearer ' }, ''],
    ['no scheme', { authorization: key }, ''],
    ['another scheme', { authorization: `Basic ${key}` }, ''],
    ['one character more', { authorization: `Bearer ${key}x` }, ''],
    ['one character less', { authorization: `Bearer ${key.slice(0, -1)}` }, ''],
    ['other letters', { authorization: `Bearer ${key.toUpperCase()}` }, ''],
    ['in the query', {}, `?key=${key}&token=${key}&api_key=${key}`],
    ['in a cookie', { cookie: `key=${key}; token=${key}` }, ''],
    ['wrong in x-api-key', { 'x-api-key': 'rh-wrong' }, ''],
    ['wrong in api-key', { 'api-key': 'rh-wrong' }, ''],
    ['right and wrong in two headers', { authorization: `Bearer ${key}`, 'x-api-key': 'rh-wrong' }, ''],
    ['two different right ones', { authorization: `Bearer ${key}`, 'x-api-key': narrowKey }, ''],
  ]
  const routes: [string, string][] = [
    ['GET', '/v1/models'],
    ['GET', '/v1/models/org%2Fname'],
    ['POST', '/v1/chat/completions'],
    ['POST', '/v1/completions'],
    ['POST', '/v1/embeddings'],
  ]

  test.each(wrong)('%s is 401 on every route', async (_, headers, query) => {
    for (const [method, path] of routes) {
      const response = await fetch(`${running.started.origin}${path}${query}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(method === 'POST' ? { body: '{"model":"org/name","messages":[{}],"prompt":"","input":""}' } : {}),
      })
      expect([path, response.status, (await errorOf(response)).code]).toEqual([path, 401, 'invalid_api_key'])
    }
    expect(running.upstream.seen).toEqual([])
  })

  test.each([
    { authorization: `Bearer ${key}` },
    { authorization: `bearer  ${key}` },
    { 'x-api-key': key },
    { 'api-key': key },
    { authorization: `Bearer ${key}`, 'api-key': key },
  ])('%o opens', async headers => {
    expect((await fetch(`${running.started.origin}/v1/models`, { headers })).status).toBe(200)
  })

  test('Authorization given twice is 401', async () => {
    const twice = `GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nAuthorization: Bearer ${key}\r\nAuthorization: Bearer no\r\nConnection: close\r\n\r\n`
    expect(status(await rawRequest(running.started.port, twice))).toBe(401)
  })

  test('a key for one route sees and uses that one only', async () => {
    const headers = { authorization: `Bearer ${narrowKey}`, 'content-type': 'application/json' }
    const models = await fetch(`${running.started.origin}/v1/models`, { headers })
    expect((await modelsOf(models)).map(each => each.id)).toEqual(['other/model'])
    expect((await chat(running.started.origin, { model: 'other/model' }, { headers })).status).toBe(200)
    const refused = await chat(running.started.origin, {}, { headers })
    expect([refused.status, (await errorOf(refused)).code]).toEqual([403, 'key_not_for_model'])
  })

  test('health needs none and tells nothing', async () => {
    const response = await fetch(`${running.started.origin}/health`)
    expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}'])
  })
})

test('guessing keys becomes slow', async () => {
  const guarded = await startGateway({}, { limits: { wrongKeysBeforeDelay: 3, wrongKeyDelayMs: 300 } })
  const guess = async () => {
    const began = performance.now()
    await fetch(`${guarded.origin}/v1/models`, { headers: { 'api-key': 'wrong' } })
    return performance.now() - began
  }
  for (let index = 0; index < 15; index += 1) await guess()
  expect(await guess()).toBeGreaterThan(290)
  expect((await fetch(`${guarded.origin}/v1/models`, { headers: { 'api-key': key } })).status).toBe(200)
  await guarded.close()
})
