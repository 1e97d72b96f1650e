import type { CpuFacts, Parser } from '../hardware.types'
import { capture, captureFigure } from '../text'

/** Flags of Linux (x86 `flags`, ARM `Features`) that matter to inference, and what they are called here. */
const isaNames: readonly (readonly [flag: string, name: string])[] = [
  ['sse4_2', 'SSE4.2'],
  ['avx', 'AVX'],
  ['f16c', 'F16C'],
  ['fma', 'FMA'],
  ['avx2', 'AVX2'],
  ['avx_vnni', 'AVX_VNNI'],
  ['avx512f', 'AVX512'],
  ['avx512_vnni', 'AVX512_VNNI'],
  ['avx512vnni', 'AVX512_VNNI'],
  ['avx512_bf16', 'AVX512_BF16'],
  ['amx_tile', 'AMX'],
  ['asimd', 'NEON'],
  ['asimddp', 'DOTPROD'],
  ['i8mm', 'I8MM'],
  ['bf16', 'BF16'],
  ['sve', 'SVE'],
  ['sve2', 'SVE2'],
  ['sme', 'SME'],
]

export function isaOf(flags: string | null): string[] | null {
  if (flags === null) return null
  const present = new Set(flags.toLowerCase().split(/\s+/))
  return [...new Set(isaNames.filter(([flag]) => present.has(flag)).map(([, name]) => name))]
}

/** Makers of ARM cores by `CPU implementer`, as the kernel's arch/arm64/include/asm/cputype.h numbers them. */
const implementers: Readonly<Record<string, string>> = {
  '0x41': 'ARM',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x51': 'Qualcomm',
  '0x61': 'Apple',
  '0xc0': 'Ampere',
}

/** Names of ARM's cores by `CPU part`, from the same file; the fast ones of processors that mix two kinds are marked. */
const armParts: Readonly<Record<string, { name: string; fast?: true }>> = {
  '0xd03': { name: 'Cortex-A53' },
  '0xd05': { name: 'Cortex-A55' },
  '0xd08': { name: 'Cortex-A72' },
  '0xd0b': { name: 'Cortex-A76' },
  '0xd0c': { name: 'Neoverse N1' },
  '0xd40': { name: 'Neoverse V1' },
  '0xd42': { name: 'Cortex-A78AE' },
  '0xd49': { name: 'Neoverse N2' },
  '0xd4f': { name: 'Neoverse V2' },
  '0xd85': { name: 'Cortex-X925', fast: true },
  '0xd87': { name: 'Cortex-A725' },
}

function armCores(text: string): CpuFacts {
  const parts = [...text.matchAll(/^CPU part\s*: (0x[0-9a-f]+)/gm)].map(found => armParts[found[1] ?? ''])
  if (/^CPU implementer\s*: 0x41/m.exec(text) === null || parts.some(part => part === undefined)) return {}
  const names = new Set(parts.map(part => part?.name))
  const fast = parts.filter(part => part?.fast).length
  return {
    model: [...names].sort().reverse().join(' + '),
    ...(names.size > 1 && fast > 0 ? { performanceCores: fast, efficiencyCores: parts.length - fast } : {}),
  }
}

/** /proc/cpuinfo: one block per hardware thread. ARM has no model name there. */
export const procCpuinfo: Parser = {
  tool: '/proc/cpuinfo',
  recognises: text => /^processor\s*:\s*\d+/m.test(text) && /^(model name|Features|flags|BogoMIPS|CPU part)\s*:/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=processor\s*:\s*\d+)/m).filter(block => block.startsWith('processor'))
    const field = (block: string, label: string) => capture(block, new RegExp(`^${label}\\s*:[ \\t]*(.*)$`, 'm'))
    const cores = new Set(blocks.map(block => `${field(block, 'physical id') ?? '?'}/${field(block, 'core id') ?? '?'}`))
    const isArm = /^CPU implementer\s*:/m.test(text)
    const implementer = field(text, 'CPU implementer')
    const hasCores = ![...cores].some(core => core.includes('?'))
    return {
      os: { arch: isArm ? 'arm64' : 'x64' },
      cpu: {
        model: field(text, 'model name'),
        vendor: field(text, 'vendor_id') ?? (implementer === null ? null : (implementers[implementer] ?? null)),
        // ARM cores of this class run one thread each.
        physicalCores: hasCores ? cores.size : isArm ? blocks.length : null,
        logicalCores: blocks.length,
        isa: isaOf(field(text, 'flags') ?? field(text, 'Features')),
        ...(isArm ? armCores(text) : {}),
      },
    }
  },
}

/** `lscpu`: newer releases indent, and say "-" for sockets where clusters are counted. */
export const lscpu: Parser = {
  tool: 'lscpu',
  recognises: text => /^Architecture:\s+\S/m.test(text) && /^CPU\(s\):/m.test(text),
  parse(text) {
    const field = (label: string) => capture(text, new RegExp(`^\\s*${label.replace(/[()]/g, '\\$&')}:\\s+(.*)$`, 'm'))
    const number = (label: string) => captureFigure(text, new RegExp(`^\\s*${label.replace(/[()]/g, '\\$&')}:\\s+(\\d+)\\s*$`, 'm'))
    const architecture = field('Architecture') ?? ''
    const logical = number('CPU(s)')
    const threads = number('Thread(s) per core')
    const perSocket = number('Core(s) per socket')
    const perCluster = number('Core(s) per cluster')
    const physical = perSocket ? perSocket * (number('Socket(s)') ?? 1) : perCluster ? perCluster * (number('Cluster(s)') ?? 1) : null
    return {
      os: { arch: /x86_64|amd64/.test(architecture) ? 'x64' : /aarch64|arm64/.test(architecture) ? 'arm64' : 'other' },
      cpu: {
        model: field('Model name'),
        vendor: field('Vendor ID'),
        physicalCores: physical ?? (logical !== null && threads ? Math.round(logical / threads) : null),
        logicalCores: logical,
        isa: isaOf(field('Flags')),
      },
    }
  },
}

/** The kernel's lists of fast and slow cores on hybrid Intel processors, as `cpu_core: 0-15` and `cpu_atom: 16-23`. */
export const hybridCores: Parser = {
  tool: '/sys/devices/cpu_core',
  recognises: text => /^cpu_(core|atom)\/cpus: /m.test(text),
  parse(text) {
    const fast = capture(text, /^cpu_core\/cpus: (.*)$/m)
    const slow = capture(text, /^cpu_atom\/cpus: (.*)$/m)
    const siblings = countList(capture(text, /^(?:system\/)?cpu\/cpu0\/topology\/thread_siblings_list: (.*)$/m)) ?? 1
    const threads = countList(fast)
    return {
      cpu: { performanceCores: threads === null ? null : Math.round(threads / Math.max(1, siblings)), efficiencyCores: countList(slow) },
    }
  },
}

/** `0-3,8` -> 5. */
export function countList(list: string | null): number | null {
  if (!list) return null
  return list.split(',').reduce((sum, part) => {
    const [from = 0, to = from] = part.split('-').map(Number)
    return sum + (to - from + 1)
  }, 0)
}
