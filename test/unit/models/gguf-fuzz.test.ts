import { expect, it } from 'vitest'
import { readMutated } from './fixtures/gguf-mutations'

it('answers 500 broken files with a typed failure or sound facts, never otherwise', () => {
  const { refused, read } = readMutated(500)
  expect(refused + read).toBe(500)
  expect(refused).toBeGreaterThan(250)
})
