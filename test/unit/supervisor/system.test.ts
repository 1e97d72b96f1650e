import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { environmentFor } from '../../../electron/core/supervisor/environment'
import { oomFilesOf } from '../../../electron/core/supervisor/evidence'
import { createPorts, holderOf, isExposed, listenerBelongs, parseListeners } from '../../../electron/core/supervisor/ports'
import { parsePs, parseStat, startTimeOf } from '../../../electron/core/supervisor/processes'
import { watchStall } from '../../../electron/core/supervisor/stall'
import { setTimeout as sleep } from 'node:timers/promises'

describe('texts of the system', () => {
  test('/proc/PID/stat, also of a process with brackets in its name', () => {
    const rest = 'S 10 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1000 200 18446744073709551615'
    expect(parseStat(`42 (a) b (c)) ${rest}`)).toEqual({ pid: 42, parent: 10, group: 77, zombie: false, startTicks: '123456' })
    expect(parseStat(`42 (x) ${rest.replace('S', 'Z')}`)?.zombie).toBe(true)
    expect(parseStat('')).toBeNull()
  })

  test('ps where there is no /proc', () => {
    expect(parsePs('    1     0     1 Ss   /sbin/launchd\n  501   500   499 Z+   (node)\n')).toEqual([
      { pid: 1, parent: 0, group: 1, zombie: false, command: '/sbin/launchd' },
      { pid: 501, parent: 500, group: 499, zombie: true, command: '(node)' },
    ])
  })

  test('/proc/net/tcp and tcp6: listeners only', () => {
    const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 99 1 0000 100 0 0 10 0\n`
    const tcp6 = `   0: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1\n`
    expect(parseListeners(tcp)).toEqual([
      { address: '127.0.0.1', port: 8080, inode: '4242' },
      { address: 'any', port: 22, inode: '17' },
    ])
    expect(parseListeners(tcp6)).toEqual([{ address: '127.0.0.1', port: 8081, inode: '7' }])
  })

  test('where the kernel counts what it killed for lack of memory', () => {
    expect(oomFilesOf('0::/user.slice/app\n')).toEqual(['/sys/fs/cgroup/user.slice/app/memory.events', '/proc/vmstat'])
    expect(oomFilesOf('5:cpu:/\n4:memory:/box/1\n0::/\n')).toEqual([
      '/sys/fs/cgroup/memory.events',
      '/sys/fs/cgroup/memory/box/1/memory.oom_control',
      '/proc/vmstat',
    ])
  })
})

test('the environment of a runtime: allowed names whatever their case, the plan on top', () => {
  const own = { Path: 'C:\\x', LC_TIME: 'C', GITHUB_TOKEN: 't', DYLD_INSERT_LIBRARIES: '/x', LD_LIBRARY_PATH: '/cuda', HOME: '/h' }
  expect(environmentFor(own, { HOME: '/other', GGML_X: '1' })).toEqual({
    Path: 'C:\\x',
    LC_TIME: 'C',
    LD_LIBRARY_PATH: '/cuda',
    HOME: '/other',
    GGML_X: '1',
  })
  expect(environmentFor({ ...own, APPIMAGE: '/a' }, {})).not.toHaveProperty('LD_LIBRARY_PATH')
})

describe('ports', () => {
  test('are below those the OS takes itself, and never given twice', async () => {
    const ports = createPorts()
    const given = await Promise.all(Array.from({ length: 20 }, () => ports.reserve()))
    expect(new Set(given).size).toBe(20)
    expect(Math.min(...given)).toBeGreaterThanOrEqual(20_000)
    expect(Math.max(...given)).toBeLessThan(49_152)
  })

  test('know who listens', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    expect(await holderOf(port)).toContain(`(process ${process.pid})`)
    expect(await listenerBelongs(port, process.pid, 'no-such-mark')).toBe('ours')
    expect(await listenerBelongs(port, process.ppid, 'no-such-mark')).toBe('foreign')
    await new Promise(resolve => server.close(resolve))
    expect(await holderOf(port)).toBeNull()
    expect(await listenerBelongs(port, process.pid, 'no-such-mark')).toBe('nobody')
  })
})

test.each([
  ['0100007F', false],
  ['3500007F', false],
  ['00000000000000000000000001000000', false],
  ['0000000000000000FFFF00000100007F', false],
  ['00000000', true],
  ['00000000000000000000000000000000', true],
  ['0A01A8C0', true],
])('a listener on %s answers other machines: %s', (address, exposed) => {
  const line = `   0: ${address}:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 123 1 0 100 0 0 10 0\n`
  expect(parseListeners(line).map(isExposed)).toEqual([exposed])
})

test('a process has one start time, a number that is free has none', async () => {
  const first = await startTimeOf(process.pid)
  expect(first).not.toBeNull()
  expect(await startTimeOf(process.pid)).toBe(first)
  expect(await startTimeOf(4_194_303)).toBeNull()
})

describe('the stall watch', () => {
  const watch = (stallMs: number) => {
    let nowMs = 0
    let stalls = 0
    const clock = { wall: () => '', monotonicMs: () => nowMs }
    const stall = watchStall({ clock, stallMs, checkEveryMs: 5, onStall: () => (stalls += 1) })
    const pass = async (ms: number) => {
      nowMs += ms
      await sleep(12)
    }
    return { stall, pass, stalls: () => stalls }
  }

  test('fires once, after the deadline, which any movement pushes out', async () => {
    const { stall, pass, stalls } = watch(60)
    await pass(40)
    stall.touch()
    await pass(40)
    expect(stalls()).toBe(0)
    await pass(40)
    await pass(40)
    expect(stalls()).toBe(1)
    stall.end()
  })

  test('does not count the sleep of the machine', async () => {
    const { stall, pass, stalls } = watch(60)
    await pass(3_600_000)
    expect(stalls()).toBe(0)
    stall.end()
  })
})
