import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { deviceKey } from '../../../electron/core/recommend/device-key'
import { publishedRunsOn } from '../../../electron/core/recommend/published-runs'

const knowledge = join(import.meta.dirname, '..', '..', '..', 'resources', 'knowledge')

test.each([
  ['NVIDIA GeForce RTX 4090', 'NVIDIA RTX 4090 24GB', true],
  ['NVIDIA GeForce RTX 3090', '3090 24GB', true],
  ['Apple M3 Max', 'M3 Max 40-Core GPU 64GB', true],
  ['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB', true],
  ['NVIDIA H100 80GB HBM3', 'H100 PCIe 80GB', false],
  ['NVIDIA GeForce RTX 4070 Laptop GPU', 'NVIDIA RTX 4070 Laptop 8GB', true],
  ['NVIDIA GeForce RTX 4070', 'NVIDIA RTX 4070 Laptop 8GB', false],
  ['NVIDIA GeForce RTX 4070', 'RTX 4070 Ti SUPER', false],
  ['AMD Radeon RX 7900 XTX', 'RX 7900 XTX', true],
  ['AMD Radeon RX 7900 XTX', 'AMD Radeon RX 7900 XT 20GB', false],
  ['NVIDIA GB10', 'NVIDIA GB10 (DGX Spark)', true],
])('%s and %s are one device: %s', (one, other, same) => {
  expect(deviceKey(one) === deviceKey(other)).toBe(same)
})

test('the counts are those of the published table, by the script that made them', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(knowledge, 'published-runs-from-csv.mjs')])
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(knowledge, 'published-runs.json'), 'utf8')))
  expect(publishedRunsOn('NVIDIA GeForce RTX 4090')).toBe(18)
  expect(publishedRunsOn('GeForce 256')).toBe(0)
})
