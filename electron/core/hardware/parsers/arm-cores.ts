import type { CpuFacts } from '../hardware.types'

/** Makers of ARM cores by `CPU implementer`, as the kernel's arch/arm64/include/asm/cputype.h numbers them. */
export const implementers: Readonly<Record<string, string>> = {
  '0x41': 'ARM',
  '0x42': 'Broadcom',
  '0x43': 'Cavium',
  '0x46': 'Fujitsu',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x50': 'APM',
  '0x51': 'Qualcomm',
  '0x53': 'Samsung',
  '0x56': 'Marvell',
  '0x61': 'Apple',
  '0x6d': 'Microsoft',
  '0x70': 'Phytium',
  '0xc0': 'Ampere',
}

type Kind = 'little' | 'middle' | 'big'

/** Names of cores by implementer and `CPU part`, from the same file and lscpu's (https://github.com/util-linux/util-linux, lscpu-arm.c), and how fast they are among those they are mixed with. */
const parts: Readonly<Record<string, { name: string; kind: Kind }>> = {
  '0x41/0xd03': { name: 'Cortex-A53', kind: 'little' },
  '0x41/0xd04': { name: 'Cortex-A35', kind: 'little' },
  '0x41/0xd05': { name: 'Cortex-A55', kind: 'little' },
  '0x41/0xd07': { name: 'Cortex-A57', kind: 'middle' },
  '0x41/0xd08': { name: 'Cortex-A72', kind: 'middle' },
  '0x41/0xd09': { name: 'Cortex-A73', kind: 'middle' },
  '0x41/0xd0a': { name: 'Cortex-A75', kind: 'middle' },
  '0x41/0xd0b': { name: 'Cortex-A76', kind: 'middle' },
  '0x41/0xd0c': { name: 'Neoverse N1', kind: 'middle' },
  '0x41/0xd0d': { name: 'Cortex-A77', kind: 'middle' },
  '0x41/0xd40': { name: 'Neoverse V1', kind: 'middle' },
  '0x41/0xd41': { name: 'Cortex-A78', kind: 'middle' },
  '0x41/0xd42': { name: 'Cortex-A78AE', kind: 'middle' },
  '0x41/0xd44': { name: 'Cortex-X1', kind: 'big' },
  '0x41/0xd46': { name: 'Cortex-A510', kind: 'little' },
  '0x41/0xd47': { name: 'Cortex-A710', kind: 'middle' },
  '0x41/0xd48': { name: 'Cortex-X2', kind: 'big' },
  '0x41/0xd49': { name: 'Neoverse N2', kind: 'middle' },
  '0x41/0xd4b': { name: 'Cortex-A78C', kind: 'middle' },
  '0x41/0xd4d': { name: 'Cortex-A715', kind: 'middle' },
  '0x41/0xd4e': { name: 'Cortex-X3', kind: 'big' },
  '0x41/0xd4f': { name: 'Neoverse V2', kind: 'middle' },
  '0x41/0xd80': { name: 'Cortex-A520', kind: 'little' },
  '0x41/0xd81': { name: 'Cortex-A720', kind: 'middle' },
  '0x41/0xd82': { name: 'Cortex-X4', kind: 'big' },
  '0x41/0xd85': { name: 'Cortex-X925', kind: 'big' },
  '0x41/0xd87': { name: 'Cortex-A725', kind: 'middle' },
  '0x41/0xd83': { name: 'Neoverse V3AE', kind: 'middle' },
  '0x41/0xd84': { name: 'Neoverse V3', kind: 'middle' },
  '0x41/0xd8e': { name: 'Neoverse N3', kind: 'middle' },
  '0x43/0x0a1': { name: 'ThunderX', kind: 'middle' },
  '0x43/0x0af': { name: 'ThunderX2', kind: 'middle' },
  '0x46/0x001': { name: 'A64FX', kind: 'middle' },
  '0x48/0xd01': { name: 'Kunpeng-920', kind: 'middle' },
  '0x4e/0x004': { name: 'Carmel', kind: 'middle' },
  '0x51/0x001': { name: 'Oryon', kind: 'middle' },
  '0x51/0x002': { name: 'Oryon', kind: 'middle' },
  '0x51/0xc00': { name: 'Falkor', kind: 'middle' },
  '0x61/0x022': { name: 'Icestorm (M1)', kind: 'little' },
  '0x61/0x023': { name: 'Firestorm (M1)', kind: 'big' },
  '0x61/0x024': { name: 'Icestorm (M1 Pro)', kind: 'little' },
  '0x61/0x025': { name: 'Firestorm (M1 Pro)', kind: 'big' },
  '0x61/0x028': { name: 'Icestorm (M1 Max)', kind: 'little' },
  '0x61/0x029': { name: 'Firestorm (M1 Max)', kind: 'big' },
  '0x61/0x032': { name: 'Blizzard (M2)', kind: 'little' },
  '0x61/0x033': { name: 'Avalanche (M2)', kind: 'big' },
  '0x61/0x034': { name: 'Blizzard (M2 Pro)', kind: 'little' },
  '0x61/0x035': { name: 'Avalanche (M2 Pro)', kind: 'big' },
  '0x61/0x038': { name: 'Blizzard (M2 Max)', kind: 'little' },
  '0x61/0x039': { name: 'Avalanche (M2 Max)', kind: 'big' },
  '0x6d/0xd49': { name: 'Azure Cobalt 100', kind: 'middle' },
  '0x70/0x303': { name: 'FTC310', kind: 'little' },
  '0x70/0x660': { name: 'FTC660', kind: 'middle' },
  '0x70/0x661': { name: 'FTC661', kind: 'middle' },
  '0x70/0x662': { name: 'FTC662', kind: 'middle' },
  '0x70/0x663': { name: 'FTC663', kind: 'middle' },
  '0x70/0x664': { name: 'FTC664', kind: 'middle' },
  '0x70/0x862': { name: 'FTC862', kind: 'middle' },
  '0xc0/0xac3': { name: 'Ampere-1', kind: 'middle' },
  '0xc0/0xac4': { name: 'Ampere-1a', kind: 'middle' },
}

/** Model and kinds of cores from /proc/cpuinfo of an ARM machine; nothing where a core is not known. */
export function armCores(text: string): CpuFacts {
  const makers = [...text.matchAll(/^CPU implementer\s*: (0x[0-9a-f]+)/gm)].map(found => found[1] ?? '')
  const cores = [...text.matchAll(/^CPU part\s*: (0x[0-9a-f]+)/gm)].map((found, index) => parts[`${makers[index] ?? ''}/${found[1] ?? ''}`])
  const known = cores.filter(core => core !== undefined)
  return known.length < cores.length ? {} : mixOf(known)
}

/** lscpu writes `Blizzard-M2-Pro` of what is `Blizzard (M2 Pro)` here. */
const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/** The same by names and counts, as lscpu lists them: `Cortex-X925` ten times, `Cortex-A725` ten times. */
export function armCoresNamed(clusters: readonly { name: string; count: number | null }[]): CpuFacts {
  const cores = clusters.flatMap(({ name, count }) => {
    const part = Object.values(parts).find(each => bare(each.name) === bare(name))
    return part && count ? Array.from({ length: Math.min(count, 512) }, () => part) : []
  })
  const isWhole = clusters.every(({ name, count }) => count && cores.some(core => bare(core.name) === bare(name)))
  return isWhole ? mixOf(cores) : { model: [...new Set(clusters.map(({ name }) => name))].join(' + ') }
}

function mixOf(known: readonly { name: string; kind: Kind }[]): CpuFacts {
  if (known.length === 0) return {}
  const names = [...new Set(known.map(core => core.name))]
  const kinds = new Set(known.map(core => core.kind))
  // The slowest kind there is counts as efficient, where there are two or three.
  const slow = kinds.size < 2 ? null : kinds.has('little') ? 'little' : 'middle'
  const efficient = known.filter(core => core.kind === slow).length
  return {
    model: names.sort().reverse().join(' + '),
    ...(slow === null ? {} : { performanceCores: known.length - efficient, efficiencyCores: efficient }),
  }
}
