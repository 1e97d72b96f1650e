import { expect, it } from 'vitest'
import { readMutated } from '../unit/models/fixtures/gguf-mutations'

it('answers 100,000 broken files with a typed failure or sound facts, each within 50 ms and 64 MB', { timeout: 300_000 }, () => {
  const before = process.memoryUsage()
  const { refused, read, slowestMs } = readMutated(100_000)
  const after = process.memoryUsage()
  console.log(`refused ${refused}, read ${read}, slowest ${slowestMs.toFixed(1)} ms`)
  expect(refused).toBeGreaterThan(50_000)
  expect(read).toBeGreaterThan(1_000)
  expect(slowestMs).toBeLessThan(50)
  expect(after.external - before.external).toBeLessThan(64 * 1024 * 1024)
})
