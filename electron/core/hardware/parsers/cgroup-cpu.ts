import type { Parser } from '../hardware.types'
import { countList } from './processor'

/**
 * What the control groups let us compute with, `cpu.max: 400000 100000` per line as recorded (a quota and its period in
 * microseconds, several where groups are nested), `cpuset.cpus.effective: 0-7`, the names of version 1, or one bare file
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/scheduler/sched-bwc.html). The smallest counts.
 */
export const cgroupCpu: Parser = {
  tool: 'cgroup CPU limit',
  recognises: (text, fileName) => named.test(text) || /cpu\.max/.test(fileName),
  parse(text, fileName) {
    const lines = /cpu\.max/.test(fileName) && !named.test(text) ? `cpu.max: ${text.trim()}` : text
    const limits = [...quotasOf(lines), ...legacyQuotasOf(lines), ...setsOf(lines)].filter(limit => limit > 0)
    return { cpu: { limitCores: limits.length > 0 ? Math.min(...limits) : null } }
  },
}

const named = /^\S*(?:cpu\.max|cpu\.cfs_quota_us|cpuset\.cpus\.effective|cpuset\.effective_cpus): /m

/** `max` in place of the quota is no limit. */
const quotasOf = (text: string) => [...text.matchAll(/^\S*cpu\.max: (\d+) (\d+)$/gm)].map(found => Number(found[1]) / Number(found[2] || 1))

/** -1 is no limit; the period stands in a file of its own beside the quota. */
const legacyQuotasOf = (text: string) =>
  [...text.matchAll(/^(\S*)cpu\.cfs_quota_us: (\d+)$/gm)].map(found => {
    const period = text.split('\n').find(line => line.startsWith(`${found[1] ?? ''}cpu.cfs_period_us: `))
    return Number(found[2]) / Number(/: (\d+)$/.exec(period ?? '')?.[1] ?? 100_000)
  })

const setsOf = (text: string) =>
  [...text.matchAll(/^\S*cpuset\.(?:cpus\.effective|effective_cpus): ([\d,-]+)$/gm)].map(found => countList(found[1] ?? null) ?? 0)
