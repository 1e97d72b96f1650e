import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hugePagesEnvironment } from '../../../electron/core/runtimes/common-huge-pages'
import { startEngine } from './running-engine'

const policy = () => {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8')
  } catch {
    return '[never]'
  }
}

/** KiB of memory of its own that lies in pages of 2 MiB. */
const inLargePages = (pid: number | undefined) =>
  Number(/^AnonHugePages:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1])

const question = { messages: [{ role: 'user', content: 'What is the capital of France?' }], temperature: 0 }

async function run(hugePages: boolean) {
  const engine = await startEngine({ hugePages }, hugePages ? hugePagesEnvironment : {})
  try {
    await engine.ready()
    const answer = await engine.json('/v1/chat/completions', question)
    return { text: JSON.stringify(answer['choices']), largeKiB: inLargePages(engine.child.pid) }
  } finally {
    await engine.stop()
  }
}

test.runIf(policy().includes('[madvise]'))('the engine has its weights in large pages when it is told to, and answers alike', async () => {
  const [mapped, large] = [await run(false), await run(true)]
  expect(large.largeKiB).toBeGreaterThan(mapped.largeKiB + 2_048)
  expect(large.text).toBe(mapped.text)
})
