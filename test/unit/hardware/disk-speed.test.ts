import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { earlierDisk, measureDisk } from '../../../electron/core/hardware/measure-disk'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { systemClock } from '../../../electron/core/lib/clock'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-speed-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const about = { clock: systemClock, platform: 'linux' as const }
const disk = (device: string) =>
  JSON.stringify({ modelsDisk: { totalBytes: 1e12, freeBytes: 5e11, fileSystem: 'ext4', device, rotational: '1' } })

function machineWith(MBps: number | null) {
  const run = { probe: 'disk', commandLine: 'disk', exitCode: 0, durationMs: 1, outcome: 'read' as const }
  const readings = [{ fileName: 'models-disk.json', text: disk('sda'), run }, ...(MBps === null ? [] : [earlierDisk(MBps)])]
  return parseMachine(readings, { platform: 'linux', detectedAt: null })
}

describe('the speed of the disk below the models folder', () => {
  test('is read off a large model file, past the cache and within its limits', async () => {
    await mkdir(join(folder, 'maker'))
    const path = join(folder, 'maker', 'model.gguf')
    await writeFile(path, randomBytes(1_048_576))
    await truncate(path, 80 * 1_048_576)
    const began = performance.now()
    const reading = await measureDisk(folder, about)
    expect(performance.now() - began).toBeLessThan(4_500)
    // A file system without O_DIRECT (tmpfs of older kernels) leaves nothing, which is what the kind alone is for.
    if (reading === null) return
    const { disk: found, origins } = parseMachine([{ ...reading, fileName: 'disk-speed.txt' }, ...[diskReading()]], {
      platform: 'linux',
      detectedAt: null,
    })
    expect(found?.readMBps).toBeGreaterThan(0)
    expect(origins['disk.readMBps']?.confidence).toBe('likely')
    expect(reading.run.commandLine).toMatch(/^read \d+ MiB of a model file past the cache$/)
  })

  test('is not guessed where there is no large model file, no folder, or no way around the cache', async () => {
    await writeFile(join(folder, 'small.gguf'), 'x')
    expect(await measureDisk(folder, about)).toBeNull()
    expect(await measureDisk(join(folder, 'nowhere'), about)).toBeNull()
    expect(await measureDisk(folder, { ...about, platform: 'win32' })).toBeNull()
  })

  test('a slow disk is warned of, with what it costs', () => {
    expect(machineWith(null).disk?.readMBps).toBeUndefined()
    expect(machineWith(1800).warnings.map(each => each.code)).not.toContain('disk-slow')
    expect(machineWith(80).disk).toMatchObject({ device: 'sda', kind: 'hdd', readMBps: 80 })
    expect(machineWith(80).warnings.find(each => each.code === 'disk-slow')?.text).toContain('a model of 10 GB takes about 125 s')
  })
})

const diskReading = () => ({
  fileName: 'models-disk.json',
  text: disk('vda'),
  run: { probe: 'disk', commandLine: 'disk', exitCode: 0, durationMs: 1, outcome: 'read' as const },
})
