import type { GpuSighting, Parser } from '../hardware.types'
import { busIdFromPacked, capture, captureFigure, hex, mibFromKib } from '../text'
import { isIntegratedTarget } from './amd-inside'

/** `rocminfo`: agents of kind GPU with target and largest pool (its "KB" are KiB); the NPU is an AMD agent too, no GPU. */
export const rocminfo: Parser = {
  tool: 'rocminfo',
  recognises: text => /HSA Agents|^\s*Agent \d+\s*$|ROCk module|hsa api call failure/m.test(text),
  parse(text) {
    const agents = text.split(/^\s*Agent \d+\s*$/m).slice(1)
    const processor = agents.find(agent => /Vendor Name:\s+CPU/.test(agent))
    const pool = processor ? largestPoolMiB(processor) : null
    const npus = agents.map(agent => capture(agent, /^\s+Name:\s+(aie\w*)/m)).filter(name => name !== null)
    return {
      ...(/^WSL environment detected/m.test(text) ? { os: { platform: 'linux' as const, wsl: true } } : {}),
      npus: npus.map(name => ({ name: `AMD XDNA (${name})`, driver: null })),
      gpus: agents.map(agentOf).filter(gpu => gpu !== null),
      ...(pool === null ? {} : { memory: { totalMiB: pool } }),
      ...(processor
        ? {
            cpu: {
              model: capture(processor, /^\s+Marketing Name:\s+(\S.*?)\s*$/m) ?? capture(processor, /^\s+Name:\s+(\S.*?)\s*$/m),
              logicalCores: captureFigure(processor, /^\s+Compute Unit:\s+(\d+)/m),
            },
          }
        : {}),
      warnings: /hsa api call failure/.test(text)
        ? [{ code: 'rocm-failed', text: 'ROCm is installed but does not start on this machine; Vulkan may still work.' }]
        : [],
    }
  },
}

function agentOf(agent: string): GpuSighting | null {
  const target = capture(agent, /^\s+Name:\s+(gfx[0-9a-f]+)\b/m)
  if (!target) return null
  const packed = captureFigure(agent, /^\s+BDFID:\s+(\d+)/m)
  const chip = captureFigure(agent, /^\s+Chip ID:\s+(\d+)/m)
  // MI300A calls itself an APU too, but its stacked memory is a card's.
  const integrated = (/Memory Properties:\s+APU/.test(agent) && target !== 'gfx942') || isIntegratedTarget(target) === true
  const pool = largestPoolMiB(agent)
  return {
    vendor: 'amd',
    name: capture(agent, /^\s+Marketing Name:\s+(\S.*?)\s*$/m),
    busId: packed ? busIdFromPacked(packed, captureFigure(agent, /^\s+Domain:\s+(\d+)/m) ?? 0) : null,
    pciId: chip === null ? null : `1002:${hex(chip, 4)}`,
    rocmTarget: target,
    integrated,
    // Of a GPU inside the processor this is what the driver lets it map of the machine's memory, not memory of its own.
    ...(integrated ? { sharedMiB: pool } : { vramMiB: pool }),
  }
}

function largestPoolMiB(agent: string): number | null {
  const sizes = [...agent.matchAll(/Segment:\s+GLOBAL[^\n]*\n\s+Size:\s+(\d+)/g)].map(found => mibFromKib(Number(found[1])))
  return sizes.length > 0 ? Math.max(...sizes) : null
}
