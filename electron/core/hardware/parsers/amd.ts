import type { GpuSighting, Parser } from '../hardware.types'
import {
  busIdFromPacked,
  capture,
  captureFigure,
  figure,
  hex,
  isObject,
  looseJson,
  mibFromBytes,
  mibFromKib,
  normaliseBusId,
  objectsIn,
  textOf,
  type JsonObject,
} from '../text'

/** ROCm targets of GPUs inside a processor (https://rocm.docs.amd.com, table of GPU architectures; LLVM AMDGPU usage). */
const integratedTargets = /^gfx(90c|902|1013|1033|1035|1036|1037|1103|1150|1151|1152|1153)$/

export const isIntegratedTarget = (target: string | null | undefined) => (target ? integratedTargets.test(target) : null)

/** `rocm-smi --json`: one object per card, all values strings; the spelling of the keys changed between ROCm 5 and 6. */
export const rocmSmiJson: Parser = {
  tool: 'rocm-smi --json',
  recognises: text => /"card\d+"\s*:/.test(text),
  parse(text) {
    const root = looseJson(text)
    if (!isObject(root)) return {}
    const cards = Object.entries(root).filter((entry): entry is [string, JsonObject] => /^card\d+$/.test(entry[0]) && isObject(entry[1]))
    return { gpus: cards.map(([, card]) => cardOf(card)) }
  },
}

function cardOf(card: JsonObject): GpuSighting {
  const total = figure(textOf(card, 'VRAM Total Memory (B)'))
  const used = figure(textOf(card, 'VRAM Total Used Memory (B)'))
  const gtt = figure(textOf(card, 'GTT Total Memory (B)'))
  const target = textOf(card, 'GFX Version')
  // ROCm 4.3 gives the vendor's number as the series, and the model is often no more than a number either.
  const names = [textOf(card, 'Card Series', 'Card series'), textOf(card, 'Card Model', 'Card model'), textOf(card, 'Device Name')]
  const deviceId = textOf(card, 'Device ID', 'GPU ID')
  return {
    vendor: 'amd',
    name: names.find(name => name && !/^0x[0-9a-f]+$/i.test(name)) ?? null,
    busId: normaliseBusId(textOf(card, 'PCI Bus')),
    pciId: deviceId && /^0x[0-9a-f]{4}$/i.test(deviceId) ? `1002:${deviceId.slice(2).toLowerCase()}` : null,
    rocmTarget: target?.startsWith('gfx') ? target : null,
    integrated: isIntegratedTarget(target),
    driver: textOf(card, 'Driver version'),
    vramMiB: total === null ? null : mibFromBytes(total),
    vramUsedMiB: used === null ? null : mibFromBytes(used),
    sharedMiB: gtt === null ? null : mibFromBytes(gtt),
  }
}

/** `amd-smi static --json` (and `metric`): a list, in newer releases inside `gpu_data`; "MB" there means MiB. */
export const amdSmiJson: Parser = {
  tool: 'amd-smi static --json',
  recognises: text => /"(asic|gpu_data|mem_usage|vram)"\s*:/.test(text) && /"gpu"\s*:\s*\d/.test(text),
  parse(text) {
    const root = looseJson(text)
    const list = isObject(root) && 'gpu_data' in root ? root['gpu_data'] : root
    return { gpus: objectsIn(list).map(staticOf) }
  },
}

function staticOf(gpu: JsonObject): GpuSighting {
  const part = (key: string): JsonObject => (isObject(gpu[key]) ? gpu[key] : {})
  const size = (value: unknown) => (isObject(value) ? figure(textOf(value, 'value')) : typeof value === 'string' ? figure(value) : null)
  const target = textOf(part('asic'), 'target_graphics_version')
  const deviceId = textOf(part('asic'), 'device_id')
  return {
    vendor: 'amd',
    name: textOf(part('asic'), 'market_name') ?? textOf(part('board'), 'product_name'),
    busId: normaliseBusId(textOf(part('bus'), 'bdf')),
    pciId: deviceId ? `1002:${deviceId.replace(/^0x/, '').toLowerCase()}` : null,
    rocmTarget: target,
    integrated: isIntegratedTarget(target),
    driver: textOf(part('driver'), 'version', 'driver_version'),
    vramMiB: size(part('vram')['size']) ?? size(part('mem_usage')['total_vram']),
    vramUsedMiB: size(part('mem_usage')['used_vram']),
    vramFreeMiB: size(part('mem_usage')['free_vram']),
  }
}

/** Plain `rocm-smi`: a line per card with the used share of its memory, and its name on the next line. */
export const rocmSmiTable: Parser = {
  tool: 'rocm-smi',
  recognises: text => /ROCm System Management Interface|^Device\s+.*VRAM%/m.test(text) && !/"card\d+"/.test(text),
  parse(text) {
    const rows = [...text.matchAll(/^(\d+)\s+.*?(\d+)%\s+(\d+)%\s*$(?:\r?\n[ \t]+(\S.*\S)[ \t]*$)?/gm)]
    const gpus = rows.map((row): GpuSighting => {
      const deviceId = capture(row[0], /\[0x([0-9a-f]{4}) :/i) ?? capture(row[0], /,\s*0x([0-9a-f]{4}),/i)
      return {
        vendor: 'amd',
        name: row[4]?.replace(/\s{2,}.*/, '') ?? null,
        pciId: deviceId ? `1002:${deviceId.toLowerCase()}` : null,
        vramUsedShare: Number(row[2]) / 100,
      }
    })
    return { gpus }
  },
}

/** `rocminfo`: agents of kind GPU with target and largest pool (its "KB" are KiB); the NPU is an AMD agent too, no GPU. */
export const rocminfo: Parser = {
  tool: 'rocminfo',
  recognises: text => /HSA Agents|^\s*Agent \d+\s*$|ROCk module|hsa api call failure/m.test(text),
  parse(text) {
    const agents = text.split(/^\s*Agent \d+\s*$/m).slice(1)
    const processor = agents.find(agent => /Vendor Name:\s+CPU/.test(agent))
    const pool = processor ? largestPoolMiB(processor) : null
    return {
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
  const integrated = /Memory Properties:\s+APU/.test(agent) || isIntegratedTarget(target) === true
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
