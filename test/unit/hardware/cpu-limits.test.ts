import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { cgroupCpuFiles } from '../../../electron/core/hardware/sysfs'
import { threadsOf } from '../../../electron/core/recommend/threads'

const lscpu =
  'Architecture:        x86_64\nCPU(s):              128\nThread(s) per core:  2\nCore(s) per socket:  32\nSocket(s):           2\n'

/** A server with 64 cores and 128 threads, seen from inside what `fileName` tells of. */
function inside(text: string, fileName = 'cgroup-cpu.txt') {
  const readings = Object.entries({ [fileName]: text, 'lscpu.txt': lscpu }).map(([name, content]) => ({
    fileName: name,
    text: content,
    run: { probe: name, commandLine: name, exitCode: 0, durationMs: 1, outcome: 'read' as const },
  }))
  return parseMachine(readings, { platform: 'linux', detectedAt: null })
}

describe('a container that may use some of the CPUs', () => {
  const limits: readonly (readonly [how: string, text: string, cores: number | null, threads: number])[] = [
    ['docker --cpus=3.5', 'sys/fs/cgroup/cpu.max: 350000 100000', 3.5, 2],
    ['no quota', 'sys/fs/cgroup/cpu.max: max 100000\nsys/fs/cgroup/cpuset.cpus.effective: 0-127', null, 63],
    ['the tightest of nested groups', 'sys/fs/cgroup/pod/x/cpu.max: max 100000\nsys/fs/cgroup/pod/cpu.max: 1600000 100000', 16, 15],
    ['a set of CPUs', 'sys/fs/cgroup/cpu.max: max 100000\nsys/fs/cgroup/cpuset.cpus.effective: 0-7,64-71', 16, 15],
    ['version 1', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us: 800000\nsys/fs/cgroup/cpu/cpu.cfs_period_us: 100000', 8, 7],
    ['version 1 without a quota', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us: -1\nsys/fs/cgroup/cpu/cpu.cfs_period_us: 100000', null, 63],
    ['half a CPU', 'sys/fs/cgroup/cpu.max: 50000 100000', 0.5, 1],
  ]
  test.each(limits)('%s', (_how, text, ...[cores, threads]) => {
    const machine = inside(text)
    expect(machine.cpu.limitCores).toBe(cores)
    expect(machine.cpu).toMatchObject({ physicalCores: 64, logicalCores: 128 })
    expect(threadsOf(machine)).toBe(threads)
  })

  test('the bare file of the kernel', () => {
    expect(inside('400000 100000\n', 'cgroup-cpu.max.txt').cpu.limitCores).toBe(4)
    expect(inside('max 100000\n', 'cgroup-cpu.max.txt').cpu.limitCores).toBeNull()
  })

  test('is read from the group that we are in and all above it', async () => {
    const root = await mkdtemp(join(tmpdir(), 'roundhouse-cpu-'))
    const files = {
      'proc/self/cgroup': '0::/kubepods/pod1\n',
      'sys/fs/cgroup/kubepods/pod1/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/kubepods/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/kubepods/pod1/cpuset.cpus.effective': '0-127\n',
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    const text = await cgroupCpuFiles(root)
    await rm(root, { recursive: true })
    expect(inside(text).cpu.limitCores).toBe(2)
  })
})
