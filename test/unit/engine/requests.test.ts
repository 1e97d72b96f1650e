import { expect, test } from 'vitest'
import { ApiError } from '../../../electron/engine/api-error'
import { parseEngineOptions } from '../../../electron/engine/options'
import { readChatRequest, readCompletionRequest } from '../../../electron/engine/requests'

const refusal = (read: () => unknown) => {
  try {
    read()
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, ...error.body.error }
    throw error
  }
  return null
}

test('what clients usually send is read, and what is not known is left alone', () => {
  const request = readChatRequest({
    model: 'm',
    messages: [
      { role: 'developer', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
    stop: 'END',
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 7,
    temperature: 0,
    user: 'someone',
    metadata: {},
    tools: [],
  })
  expect(request).toMatchObject({
    messages: [
      { role: 'system', text: 'Be short.' },
      { role: 'user', text: 'ab' },
    ],
    stop: ['END'],
    maxTokens: 7,
    includeUsage: true,
    continuousUsage: false,
    sampling: { temperature: 0, topK: 40, seed: null },
  })
})

test('a limit of -1 means none, as in llama.cpp', () => {
  expect(readCompletionRequest({ prompt: 'x', max_tokens: -1 }).maxTokens).toBeNull()
})

test.each([
  [{ messages: [] }, 'messages'],
  [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
  [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] }, 'messages.0.content'],
  [{ messages: [{ role: 'user', content: 'x' }], temperature: -1 }, 'temperature'],
  [{ messages: [{ role: 'user', content: 'x' }], n: 2 }, 'n'],
  [{ messages: [{ role: 'user', content: 'x' }], logprobs: true }, 'logprobs'],
  [{ messages: [{ role: 'user', content: 'x' }], tools: [{}] }, 'tools'],
  [[], null],
  ['text', null],
])('%j is refused and the field is named', (body, param) => {
  expect(refusal(() => readChatRequest(body))).toMatchObject({ status: 400, type: 'invalid_request_error', param })
})

test('options that are not right say what is wrong', () => {
  expect(() => parseEngineOptions(undefined)).toThrow('one JSON argument')
  expect(() => parseEngineOptions('{')).toThrow('not JSON')
  expect(() => parseEngineOptions('{"modelPath":"m","alias":"a","port":1,"contextTokens":1,"threads":1}')).toThrow('contextTokens')
  expect(parseEngineOptions('{"modelPath":"m","alias":"a","port":1,"contextTokens":64,"threads":1}')).toMatchObject({
    slots: 1,
    host: '127.0.0.1',
  })
})
