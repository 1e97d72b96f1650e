import type { Parser } from '../hardware.types'
import { captureFigure, mibFromBytes, mibFromKib } from '../text'

/**
 * /proc/meminfo: what is available counts, not what is free. Kernels before 3.14 do not tell it: what is free and what caches hold is
 * near it, less shared memory, which is counted as cached and cannot be dropped (the message of commit 34e431b0ae39,
 * https://github.com/torvalds/linux/commit/34e431b0ae398fc54ea69ff85ec700722c9da773).
 */
export const procMeminfo: Parser = {
  tool: '/proc/meminfo',
  recognises: text => /^\s*MemTotal:\s+\d+ kB/m.test(text),
  parse(text) {
    const mib = (key: string) => {
      const kib = captureFigure(text, new RegExp(`^\\s*${key}:\\s+(\\d+) kB`, 'm'))
      return kib === null ? null : mibFromKib(kib)
    }
    const availableMiB = mib('MemAvailable')
    const [free, buffers, cached] = [mib('MemFree'), mib('Buffers'), mib('Cached')]
    const near = free === null || buffers === null || cached === null ? null : Math.max(free, free + buffers + cached - (mib('Shmem') ?? 0))
    return { memory: { totalMiB: mib('MemTotal'), availableMiB, availableNearMiB: availableMiB === null ? near : null } }
  },
}

/** cgroup version 1 says "no limit" with a number close to 2^63; nothing that large is memory. */
const noLimitBytes = 2 ** 60

/**
 * Memory limits of control groups, `memory.max: 8589934592` per line as recorded (several where groups are nested; the
 * smallest counts), or one bare file. Names of version 1 and 2 (https://docs.kernel.org/admin-guide/cgroup-v2.html).
 */
export const cgroupMemory: Parser = {
  tool: 'cgroup memory limit',
  recognises: (text, fileName) =>
    /^\S*(memory\.max|limit_in_bytes): /m.test(text) ||
    (/memory\.(max|current|limit_in_bytes|usage_in_bytes)/.test(fileName) && /^\s*(max|\d+)\s*$/.test(text)),
  parse(text, fileName) {
    const bare = /memory\.(?:max|current|limit_in_bytes|usage_in_bytes)/.exec(fileName)?.[0]
    const lines = /^\s*(max|\d+)\s*$/.test(text) ? `${bare ?? ''}: ${text.trim()}` : text
    const groups = [...lines.matchAll(/^(.*)memory\.(?:max|limit_in_bytes): (\d+)$/gm)]
      .map(found => ({ path: found[1] ?? '', bytes: Number(found[2]) }))
      .filter(group => group.bytes < noLimitBytes)
    const tightest = groups.toSorted((one, other) => one.bytes - other.bytes)[0]
    const inGroup = lines
      .split('\n')
      .filter(line => line.startsWith(`${tightest?.path ?? ''}memory.`))
      .join('\n')
    const used = captureFigure(inGroup, /memory\.(?:current|usage_in_bytes): (\d+)$/m)
    // Cache of files is given back under pressure, so it does not count as used.
    const cache = captureFigure(inGroup, /^.*memory\.stat: inactive_file (\d+)$/m) ?? 0
    return {
      memory: {
        cgroupLimitMiB: tightest ? mibFromBytes(tightest.bytes) : null,
        cgroupUsedMiB: used === null ? null : mibFromBytes(Math.max(0, used - cache)),
      },
    }
  },
}

/** The kernel's line at start, for a machine of which nothing better is known. */
export const dmesgMemory: Parser = {
  tool: 'dmesg',
  recognises: text => /Memory: \d+K\/\d+K available/.test(text),
  parse(text) {
    const kib = captureFigure(text, /Memory: \d+K\/(\d+)K available/)
    return { memory: { totalMiB: kib === null ? null : mibFromKib(kib) } }
  },
}
