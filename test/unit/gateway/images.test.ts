import { expect, test } from 'vitest'
import { hasImages, refusalOfImages } from '../../../electron/core/gateway/images'
import { llamaCppLaunch } from '../../../electron/core/runtimes/llama-cpp.launch'
import { inputOf } from '../runtimes/launching'

const part = (type: string) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type }] }] })

test('pictures are seen in the parts of messages, and nowhere else', () => {
  for (const type of ['image_url', 'input_image', 'image']) expect(hasImages(part(type))).toBe(true)
  for (const body of [part('input_audio'), { messages: [{ content: 'image_url' }, null, 7] }, { prompt: 'image_url' }, {}]) {
    expect(hasImages(body)).toBe(false)
  }
})

test('they are refused only where it is known that nothing reads them, with the reason', () => {
  expect(refusalOfImages(true, undefined)).toBeNull()
  expect(refusalOfImages(false, 'It answers text only.')).toBeNull()
  expect(refusalOfImages(true, 'It answers text only.')).toMatchObject({
    status: 400,
    code: 'images_not_read',
    message: 'It answers text only.',
  })
})

test('llama.cpp reads images with a projector: found beside the model, set, or typed by hand', () => {
  const reason = (changes: Parameters<typeof inputOf>[0]) => llamaCppLaunch.plan(inputOf(changes)).withoutImages
  const projector = { path: '/models/mmproj.gguf', bytes: 1, sha256: null }
  expect(reason({})).toBe('Model answers text only: it was started without a file that reads images for it (a projector).')
  expect(reason({ projector })).toBeUndefined()
  expect(reason({ request: { settings: { projector: '/models/mmproj.gguf' } } })).toBeUndefined()
  expect(reason({ request: { flags: ['--mmproj', 'x'] } })).toBeUndefined()
  expect(reason({ request: { flags: ['--no-mmproj'] } })).toBeDefined()
  expect(reason({ projector, build: { kind: 'built-in', title: 'Built-in engine', path: null } })).toMatch(
    /^Model answers text only with Built-in/,
  )
})
