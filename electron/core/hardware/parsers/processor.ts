import type { Parser } from '../hardware.types'
import { capture, captureFigure } from '../text'
import { armCores, implementers } from './arm-cores'

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
  ['avx512_fp16', 'AVX512_FP16'],
  ['avx_vnni_int8', 'AVX_VNNI_INT8'],
  ['amx_tile', 'AMX'],
  ['amx_int8', 'AMX_INT8'],
  ['amx_bf16', 'AMX_BF16'],
  ['neon', 'NEON'],
  ['asimd', 'NEON'],
  ['asimddp', 'DOTPROD'],
  ['i8mm', 'I8MM'],
  ['bf16', 'BF16'],
  ['sve', 'SVE'],
  ['sve2', 'SVE2'],
  ['sme', 'SME'],
  ['sme2', 'SME2'],
]

export function isaOf(flags: string | null): string[] | null {
  if (flags === null) return null
  const present = new Set(flags.toLowerCase().split(/\s+/))
  return [...new Set(isaNames.filter(([flag]) => present.has(flag)).map(([, name]) => name))]
}

const field = (block: string, label: string) => capture(block, new RegExp(`^${label}\\s*:[ \\t]*(.*)$`, 'm'))

/** Threads, cores and sockets of the blocks. A paste of the first block alone still says how many its processor has. */
function countsOf(blocks: readonly string[]): { logical: number; physical: number | null; sockets: number | null } {
  const [first = ''] = blocks
  const cores = new Set(blocks.map(block => `${field(block, 'physical id') ?? '?'}/${field(block, 'core id') ?? '?'}`))
  const hasCores = ![...cores].some(core => core.includes('?'))
  const sockets = new Set(blocks.map(block => field(block, 'physical id') ?? '?')).size
  const threads = captureFigure(first, /^siblings\s*:\s*(\d+)/m) ?? 0
  const perSocket = captureFigure(first, /^cpu cores\s*:\s*(\d+)/m)
  const isCut = threads * sockets > blocks.length
  return {
    logical: isCut ? threads * sockets : blocks.length,
    physical: hasCores && !isCut ? cores.size : perSocket === null ? null : perSocket * sockets,
    sockets: field(first, 'physical id') === null ? null : sockets,
  }
}

/** /proc/cpuinfo: one block per hardware thread. ARM has no model name there. */
export const procCpuinfo: Parser = {
  tool: '/proc/cpuinfo',
  recognises: text =>
    /^processor\s*:\s*\d+/m.test(text) &&
    /^(model name|cpu model|Features|flags|BogoMIPS|CPU part|Hardware|isa|uarch|cpu)\s*:/im.test(text),
  parse(text) {
    const blocks = text.split(/^(?=processor\s*:\s*\d+)/m).filter(block => block.startsWith('processor'))
    const isArm = /^CPU implementer\s*:/m.test(text)
    // Only x86 calls its features flags; RISC-V, POWER, LoongArch and MIPS have other words again.
    const isX86 = /^(flags|model name|cpuid level|vendor_id)\s*:/m.test(text) && !/^(isa|hart|mmu)\s*:/m.test(text)
    const implementer = field(text, 'CPU implementer')
    const counts = countsOf(blocks)
    return {
      os: { arch: isArm ? 'arm64' : isX86 ? 'x64' : 'other' },
      cpu: {
        model:
          ['model name', 'Model Name', 'cpu model', 'uarch', 'cpu'].map(label => field(text, label)).find(name => name !== null) ?? null,
        vendor: field(text, 'vendor_id') ?? (implementer === null ? null : (implementers[implementer] ?? null)),
        // ARM cores of this class run one thread each.
        physicalCores: counts.physical ?? (isArm ? blocks.length : null),
        logicalCores: counts.logical,
        sockets: counts.sockets,
        board: field(text, 'Model'),
        virtual: /^flags\s*:.*\bhypervisor\b/m.test(text) ? true : null,
        isa: isaOf(field(text, 'flags') ?? field(text, 'Features')),
        ...(isArm ? armCores(text) : {}),
      },
    }
  },
}

/** /sys/devices/system/node/online, as `numa-nodes: 0-1`. */
export const numaNodes: Parser = {
  tool: '/sys/devices/system/node',
  recognises: text => /^numa-nodes: /m.test(text),
  parse: text => ({ cpu: { numaNodes: countList(capture(text, /^numa-nodes: ([\d,-]+)$/m)) } }),
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
