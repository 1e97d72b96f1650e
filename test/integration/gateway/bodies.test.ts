import { describe, expect, test } from 'vitest'
import { chat, errorOf, key, rawRequest } from './setup'
import { status, strictGateway } from './strict-gateway'

const running = strictGateway()

describe('paths and bodies', () => {
  test.each([
    '/',
    '/v1',
    '/v1/',
    '/v1/models/',
    '/v1//models',
    '//v1/models',
    '/v1/./models',
    '/v1/x/../models',
    '/v1/%2e%2e/models',
    '/v1/models;a',
    '/V1/models',
    '/v1/chat/completions/',
    '/slots',
    '/props',
    '/tokenize',
    '/lora-adapters',
    '/invocations',
    '/load_lora_adapter',
    '/api/pull',
    '/api/chat',
    '/metrics',
    '/v1/models/a/b/c',
    '/v1/chat%2fcompletions',
    '/__proto__',
    '/v1/models/%ff',
    '/v1/models%00',
    '/constructor',
  ])('%s is not served', async path => {
    const answer = await rawRequest(
      running.started.port,
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${running.started.port}\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
    )
    expect(status(answer)).toBe(404)
    expect(running.upstream.seen).toEqual([])
  })

  test('the wrong method is 405 and says the right one', async () => {
    const response = await fetch(`${running.started.origin}/v1/chat/completions`, { headers: { 'api-key': key } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })

  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/jsonp',
    'text/plain; application/json',
  ])('content-type %s is 415', async type => {
    const response = await chat(running.started.origin, {}, { headers: { 'api-key': key, ...(type ? { 'content-type': type } : {}) } })
    expect(response.status).toBe(415)
  })

  test.each([
    ['{', 'invalid_json', null],
    ['[]', 'invalid_json', null],
    ['"x"', 'invalid_json', null],
    ['', 'invalid_json', null],
    ['{"messages":[{}]}', 'invalid_value', 'model'],
    ['{"model":7,"messages":[{}]}', 'invalid_value', 'model'],
    ['{"model":"org/name"}', 'invalid_value', 'messages'],
    ['{"model":"org/name","messages":[]}', 'invalid_value', 'messages'],
    ['{"model":"org/name","messages":[{}],"stream":"yes"}', 'invalid_value', 'stream'],
    ['{"model":"org/name","messages":[{}],"n":9}', 'invalid_value', 'n'],
    ['{"model":"org/name","mo\\u0064el":"other/model","messages":[{}]}', 'invalid_value', 'model'],
    ['{"model":"org/name","messages":[{}],"chat_template":"{{ 1 }}"}', 'field_not_allowed', 'chat_template'],
    ['{"model":"org/name","messages":[{}],"chat_template_kwargs":{"tokenize":true}}', 'field_not_allowed', 'chat_template_kwargs.tokenize'],
    [
      '{"model":"org/name","messages":[{"content":[{"type":"image_url","image_url":{"url":"http://169.254.169.254/"}}]}]}',
      'field_not_allowed',
      'messages.image_url',
    ],
    [
      '{"model":"org/name","messages":[{"content":[{"type":"video_url","video_url":{"url":"http://169.254.169.254/"}}]}]}',
      'field_not_allowed',
      'messages.video_url',
    ],
    [
      '{"model":"org/name","messages":[{"content":[{"type":"text","text":"x"},{"type":"audio_url","audio_url":"file:///etc/passwd"}]}]}',
      'field_not_allowed',
      'messages.audio_url',
    ],
    ['{"model":"org/name","messages":[{"content":[{"type":"image","image":"/etc/passwd"}]}]}', 'field_not_allowed', 'messages.image'],
    ['{"model":"org/name","messages":[{}],"kv_transfer_params":{"remote_host":"10.0.0.1"}}', 'field_not_allowed', 'kv_transfer_params'],
    [`{"model":"org/name","messages":[${'['.repeat(80)}${']'.repeat(80)}]}`, 'too_deep', null],
  ])('%s is 400', async (body, code, param) => {
    const response = await chat(running.started.origin, body)
    expect([response.status, await errorOf(response)]).toEqual([
      400,
      { message: expect.any(String), type: 'invalid_request_error', param, code },
    ])
  })

  test('thinking switches and embedded images pass', async () => {
    const sound = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'See https://example.org/a' }, picture, sound] }]
    expect((await chat(running.started.origin, { chat_template_kwargs: { enable_thinking: false }, messages })).status).toBe(200)
  })

  test('a body over the limit is 413, announced or not, and its sender gets to read that', async () => {
    const big = JSON.stringify({ model: 'org/name', messages: [{ role: 'user', content: 'x'.repeat(4_000_000) }] })
    const announced = await chat(running.started.origin, big)
    expect([announced.status, (await errorOf(announced)).code]).toEqual([413, 'body_too_large'])
    const stream = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 40; index += 1) controller.enqueue(Buffer.from(big.slice(index * 100_000, (index + 1) * 100_000)))
        controller.close()
      },
    })
    const chunked = await chat(running.started.origin, '', { body: stream, duplex: 'half' } as RequestInit)
    expect(chunked.status).toBe(413)
    expect(running.upstream.seen).toEqual([])
  })
})
