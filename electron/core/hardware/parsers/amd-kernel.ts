import type { GpuSighting, Parser } from '../hardware.types'
import { busIdFromPacked, captureFigure, figure, hex, mibFromBytes, normaliseBusId } from '../text'
import { isIntegratedAmd, isIntegratedTarget } from './amd-inside'
import { generationOf } from './inventory'
import { linkOf } from './nvidia-common'

/**
 * The kernel's topology of compute nodes, `path: key value` per line as recorded, or one node's bare file. `local_mem_size`
 * is 0 on newer cards: the size is in the node's memory bank (https://github.com/ROCm/ROCm, kfd topology).
 */
export const kfdTopology: Parser = {
  tool: '/sys/class/kfd',
  recognises: text => /\b(gfx_target_version|size_in_bytes) \d+/.test(text),
  parse(text) {
    const nodes = new Map<string, string[]>()
    for (const line of text.split(/\r?\n/)) {
      const [, node = 'bare', rest = line] = /nodes\/(\d+)\/[\w/]*: (.*)$/.exec(line) ?? []
      nodes.set(node, [...(nodes.get(node) ?? []), rest])
    }
    return { gpus: [...nodes.values()].map(lines => nodeOf(lines.join('\n'))).filter(gpu => gpu !== null) }
  },
}

function nodeOf(text: string): GpuSighting | null {
  const value = (key: string) => captureFigure(text, new RegExp(`^${key} (\\d+)$`, 'm'))
  const target = targetOf(value('gfx_target_version'))
  const isBankAlone = value('gfx_target_version') === null && value('heap_type') === 1
  if (!target && !isBankAlone) return null
  const packed = value('location_id')
  const device = value('device_id')
  const bytes = value('size_in_bytes') ?? value('local_mem_size')
  return {
    vendor: 'amd',
    rocmTarget: target,
    integrated: isIntegratedTarget(target),
    busId: packed ? busIdFromPacked(packed, value('domain') ?? 0) : null,
    pciId: device === null ? null : `1002:${hex(device, 4)}`,
    vramMiB: bytes ? mibFromBytes(bytes) : null,
  }
}

/** 90402 -> gfx942, 110001 -> gfx1101: major, minor and stepping in two decimal digits each, printed in hexadecimal. */
export function targetOf(version: number | null): string | null {
  if (!version) return null
  return `gfx${Math.floor(version / 10_000)}${hex(Math.floor(version / 100) % 100, 1)}${hex(version % 100, 1)}`
}

const drmVendors: Readonly<Record<number, GpuSighting['vendor']>> = { 0x1002: 'amd', 0x10de: 'nvidia', 0x8086: 'intel' }

/** Files under /sys/class/drm/card*`/device, `card0/device/mem_info_vram_total: 25753026560` per line as recorded. */
export const drmCards: Parser = {
  tool: '/sys/class/drm',
  recognises: (text, fileName) =>
    /^card\d+\/device\/\w+: /m.test(text) || (/mem_info_(vram|gtt)_(total|used)/.test(fileName) && figure(text) !== null),
  parse(text, fileName) {
    const bare = /mem_info_(?:vram|gtt)_(?:total|used)/.exec(fileName)?.[0]
    const lines = /^card\d+\/device\//m.test(text) ? text : `card0/device/vendor: 0x1002\ncard0/device/${bare ?? 'none'}: ${text.trim()}`
    const cards = [...new Set([...lines.matchAll(/^(card\d+)\//gm)].map(found => found[1] ?? ''))]
    return { gpus: cards.map(card => cardOf(lines, card)).filter(gpu => gpu !== null) }
  },
}

function cardOf(text: string, card: string): GpuSighting | null {
  const value = (file: string) => captureFigure(text, new RegExp(`^${card}/device/${file}: (.*)$`, 'm'))
  const vendorId = value('vendor')
  const vendor = vendorId === null ? undefined : drmVendors[vendorId]
  if (!vendor || vendorId === null) return null
  const device = value('device')
  const pciId = device === null ? null : `${hex(vendorId, 4)}:${hex(device, 4)}`
  const mib = (file: string) => {
    const bytes = value(file)
    return bytes === null ? null : mibFromBytes(bytes)
  }
  return {
    vendor,
    busId: normaliseBusId(
      /PCI_SLOT_NAME=(\S+)/.exec(new RegExp(`^${card}/device/uevent: .*PCI_SLOT_NAME=.*$`, 'm').exec(text)?.[0] ?? '')?.[1],
    ),
    pciId,
    integrated: isIntegratedAmd({ pciId }),
    vramMiB: mib('mem_info_vram_total') ?? mib('lmem_total_bytes'),
    vramUsedMiB: mib('mem_info_vram_used'),
    vramFreeMiB: mib('lmem_avail_bytes'),
    sharedMiB: mib('mem_info_gtt_total'),
    pcie: linkOf({
      generation: generationOf(value('current_link_speed') ?? 0),
      width: value('current_link_width') || null,
      maxGeneration: generationOf(value('max_link_speed') ?? 0),
      maxWidth: value('max_link_width') || null,
    }),
  }
}
