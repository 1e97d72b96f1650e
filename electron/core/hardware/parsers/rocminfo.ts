import type { GpuSighting, Parser } from '../hardware.types'
import { busIdFromPacked, capture, figure, hex, mibFromKib } from '../text'
import { isIntegratedTarget } from './amd-inside'

const isRocminfo = (text: string) => /HSA Agents|^\s*Agent \d+\s*$|ROCk module|hsa api call failure/m.test(text)
const agentsIn = (text: string) => text.split(/^\s*Agent \d+\s*$/m).slice(1)

/** `rocminfo`: agents of kind GPU with target and largest pool (its "KB" are KiB); the NPU is an AMD agent too, no GPU. */
export const rocminfo: Parser = {
  tool: 'rocminfo',
  recognises: isRocminfo,
  parse(text) {
    const agents = agentsIn(text)
    const npus = agents.map(agent => field(agent, 'Name', '(aie\\w*)')).filter(name => name !== null)
    return {
      ...(/^WSL environment detected/m.test(text) ? { os: { platform: 'linux' as const, wsl: true } } : {}),
      npus: npus.map(name => ({ name: `AMD XDNA (${name})`, driver: null })),
      gpus: agents.map(agentOf).filter(gpu => gpu !== null),
      warnings: /hsa api call failure/.test(text)
        ? [{ code: 'rocm-failed', text: 'ROCm is installed but does not start on this machine; Vulkan may still work.' }]
        : [],
    }
  },
}

/** What stands behind the label on its own line; a value that is missing is not the next line. */
const field = (agent: string, label: string, value = '(\\S.*?)') =>
  capture(agent, new RegExp(`^[ \\t]*${label}:[ \\t]+${value}[ \\t]*$`, 'm'))
const number = (agent: string, label: string) => figure(field(agent, label))

const sumOf = (parts: readonly (number | null)[]) =>
  parts.length > 0 && parts.every(part => part !== null) ? parts.reduce((sum, part) => sum + part, 0) : null

/** What it says of the machine around the GPUs, which the system's own tools know better. */
export const rocminfoHost: Parser = {
  tool: 'rocminfo',
  recognises: isRocminfo,
  parse(text) {
    // One agent per socket or NUMA node, each with its own part of the memory and of the cores.
    const parts = agentsIn(text).filter(agent => /^[ \t]*(?:Vendor Name|Device Type):[ \t]+CPU/m.test(agent))
    const [first] = parts
    if (first === undefined) return {}
    return {
      memory: { totalMiB: sumOf(parts.map(largestPoolMiB)) },
      cpu: {
        model: field(first, 'Marketing Name') ?? field(first, 'Name'),
        logicalCores: sumOf(parts.map(part => number(part, 'Compute Unit'))),
      },
    }
  },
}

function agentOf(agent: string): GpuSighting | null {
  const target = field(agent, 'Name', '(gfx[0-9a-f]+).*?')
  if (!target) return null
  if (/^[ \t]*Vendor Name:[ \t]+HYGON/im.test(agent)) return hygonOf(agent)
  const packed = number(agent, 'BDFID')
  const chip = number(agent, 'Chip ID')
  // MI300A calls itself an APU too, but its stacked memory is a card's.
  const integrated = (/Memory Properties:\s+APU/.test(agent) && !target.startsWith('gfx94')) || isIntegratedTarget(target) === true
  const pool = largestPoolMiB(agent)
  return {
    vendor: 'amd',
    name: field(agent, 'Marketing Name'),
    busId: packed ? busIdFromPacked(packed, number(agent, 'Domain') ?? 0) : null,
    pciId: chip === null ? null : `1002:${hex(chip, 4)}`,
    rocmTarget: target,
    integrated,
    // Of a GPU inside the processor this is what the driver lets it map of the machine's memory, not memory of its own.
    ...(integrated ? { sharedMiB: pool } : { vramMiB: pool }),
  }
}

/** Hygon's accelerators answer to the tools of its own fork of ROCm, and to no other. */
const hygonOf = (agent: string): GpuSighting => ({
  vendor: 'other',
  name: `Hygon ${field(agent, 'Marketing Name') ?? 'DCU'}`,
  integrated: false,
  vramMiB: largestPoolMiB(agent),
  whyNot: 'None of the runtimes known here is made for accelerators of Hygon.',
})

function largestPoolMiB(agent: string): number | null {
  const sizes = [...agent.matchAll(/Segment:\s+GLOBAL[^\n]*\n\s*Size:\s+(\d+)/g)].map(found => mibFromKib(Number(found[1])))
  return sizes.length > 0 ? Math.max(...sizes) : null
}
