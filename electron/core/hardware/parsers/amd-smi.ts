import type { GpuSighting, Parser } from '../hardware.types'
import { capture, figure, isObject, looseJson, normaliseBusId, objectsIn, textOf, captureFigure, type JsonObject } from '../text'
import { isIntegratedAmd, isIntegratedTarget } from './amd-inside'
import { linkOf } from './nvidia-common'

/** `amd-smi static --json` (and `metric`): a list, in newer releases inside `gpu_data`; "MB" there means MiB. */
export const amdSmiJson: Parser = {
  tool: 'amd-smi static --json',
  recognises: text => /"(asic|gpu_data|mem_usage|vram|bdf)"\s*:/.test(text) && /"gpu"\s*:\s*\d/.test(text),
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
    ...namedBy(textOf(part('asic'), 'market_name') ?? textOf(part('board'), 'product_name'), deviceId),
    busId: normaliseBusId(textOf(part('bus'), 'bdf') ?? textOf(gpu, 'bdf')),
    pcie: linkOf({
      generation: null,
      width: null,
      maxGeneration: figure(textOf(part('bus'), 'max_pcie_interface_version', 'pcie_interface_version')?.replace(/^Gen /i, '')),
      maxWidth: figure(textOf(part('bus'), 'max_pcie_width')),
    }),
    powerLimitW: size(part('limit')['max_power'] ?? part('limit')['socket_power_limit']) || null,
    ...targetFields(target),
    driver: textOf(part('driver'), 'version', 'driver_version'),
    vramMiB: size(part('vram')['size']) ?? size(part('mem_usage')['total_vram']),
    vramUsedMiB: size(part('mem_usage')['used_vram']),
    vramFreeMiB: size(part('mem_usage')['free_vram']),
    sharedMiB: size(part('mem_usage')['total_gtt']),
  }
}

/** `amd-smi static`, `metric` and `list` as text: a block per `GPU: 0`, capital keys, indented. "MB" means MiB. */
export const amdSmiText: Parser = {
  tool: 'amd-smi',
  recognises: text =>
    /^GPU: \d+\s*$/m.test(text) && /^\s+(BDF|MARKET_NAME|ASIC|UUID|TARGET_GRAPHICS_VERSION|VRAM|MEM_USAGE|TOTAL_VRAM):/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=GPU: \d+\s*$)/m).filter(block => block.startsWith('GPU: '))
    return { gpus: blocks.map(blockOf) }
  },
}

function blockOf(block: string): GpuSighting {
  const of = (key: string) => capture(block, new RegExp(`^\\s+${key}: (.*)$`, 'm'))
  const vram = /^\s+(?:VRAM|MEM_USAGE):\s*\n([\s\S]*)/m.exec(block)?.[1] ?? block
  const driver = /^\s+DRIVER:\s*\n([\s\S]*)/m.exec(block)?.[1] ?? ''
  return {
    vendor: 'amd',
    ...namedBy(of('MARKET_NAME') ?? of('PRODUCT_NAME'), /0x([0-9a-f]{4})/i.exec(of('DEVICE_ID') ?? '')?.[1] ?? null),
    busId: normaliseBusId(of('BDF')),
    ...targetFields(of('TARGET_GRAPHICS_VERSION')),
    driver: capture(driver, /^\s+VERSION: (\S+)/m),
    vramMiB: captureFigure(vram, /^\s+(?:SIZE|TOTAL_VRAM): (\d+) MB/m),
    vramUsedMiB: captureFigure(vram, /^\s+USED_VRAM: (\d+) MB/m),
    sharedMiB: captureFigure(vram, /^\s+TOTAL_GTT: (\d+) MB/m),
  }
}

/**
 * Plain `amd-smi` since ROCm 7: a table of two lines per card, `BDF name | ... used/cap W` and `... | ... used/total MB`
 * (https://rocm.docs.amd.com/projects/amdsmi, CLI). A name may be the device's number, and is cut at the column's width.
 */
export const amdSmiTable: Parser = {
  tool: 'amd-smi',
  recognises: text => /\|\s*AMD-SMI \S+/.test(text) || /\|\s*BDF\s+GPU-Name\s*\|/.test(text),
  parse(text) {
    const rows = text.matchAll(
      /^\s*\|\s*([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d)\s+(\S.*?)\s*\|(.*)\|\s*\n\s*\|.*?(?:(\d+)\/(\d+) MB)?\s*\|\s*$/gim,
    )
    return {
      software: {
        rocm: capture(text, /ROCm version: (\d[\d.]*)/),
        amdDriver: capture(text, /amdgpu version: (\d[\d.]*)/),
      },
      gpus: [...rows].map(([, bus, shown = '', first = '', used, total]): GpuSighting => {
        const number = /^0x([0-9a-f]{4})$/i.exec(shown)?.[1]
        const named = number ? namedBy(null, number) : namedBy(wholeName(shown.replace(/\s*\.{2,3}$/, '')), null)
        return {
          vendor: 'amd',
          ...named,
          integrated: named.integrated ?? (isSetAside(shown, figure(total)) || null),
          nameIsCut: /\.{2,3}$/.test(shown),
          busId: normaliseBusId(bus),
          powerLimitW: figure(/\/(\d+) W\s*$/.exec(first.trim())?.[1]) || null,
          vramMiB: figure(total),
          vramUsedMiB: figure(used),
        }
      }),
    }
  },
}

/** Long names lose their beginning: `...adeon 860M Graphics` and `...nstinct MI300A` are a make and what follows it. */
function wholeName(shown: string): string {
  const rest = /^\.{2,3}(.*)$/.exec(shown)?.[1]
  if (rest === undefined) return shown
  const [cut = '', ...words] = rest.split(' ')
  const make = ['AMD Radeon', 'AMD Instinct', 'AMD FirePro'].find(each => each.endsWith(cut) && cut !== '')
  return [make ?? 'AMD', ...words].join(' ')
}

/**
 * `amd-smi monitor`: a line per card without its name; `VRAM_USAGE` is `3.0/191.7 GB` since ROCm 6.4, before that `VRAM_USED` and
 * `VRAM_TOTAL` in MB. Both count by 1024.
 */
export const amdSmiMonitor: Parser = {
  tool: 'amd-smi monitor',
  recognises: text => /^GPU\s+.*\bVRAM_(USAGE|TOTAL)\s*$/m.test(text),
  parse(text) {
    const rows = text.matchAll(/^[ \t]*\d+[ \t]+.*?[ \t]([\d.]+)(?: ?\/ ?| MB[ \t]+)([\d.]+) (GB|MB)[ \t]*$/gm)
    const mib = (amount: string | undefined, unit: string | undefined) => Math.round(Number(amount) * (unit === 'GB' ? 1024 : 1))
    return {
      gpus: [...rows].map(([, used, total, unit]) => ({ vendor: 'amd' as const, vramMiB: mib(total, unit), vramUsedMiB: mib(used, unit) })),
    }
  },
}

/** The target is surer than the name of whether it is inside a processor. */
const targetFields = (target: string | null) => ({
  rocmTarget: target?.startsWith('gfx') ? target : null,
  ...(target?.startsWith('gfx') ? { integrated: isIntegratedTarget(target) } : {}),
})

/** No card called just `Radeon Graphics` has so little or so much: it is what the firmware sets aside for a processor's GPU. */
const isSetAside = (name: string, totalMiB: number | null) =>
  /^(?:AMD )?Radeon Graphics$/i.test(name) && totalMiB !== null && (totalMiB <= 4096 || totalMiB >= 65_536)

/** Name, PCI number, and whether they are of graphics inside a processor; `0x1586` as a name is a number. */
export function namedBy(name: string | null, device: string | null): Pick<GpuSighting, 'name' | 'pciId' | 'integrated'> {
  const number = device?.replace(/^0x/i, '').toLowerCase() ?? null
  const pciId = number !== null && /^[0-9a-f]{4}$/.test(number) ? `1002:${number}` : null
  return { name, pciId, integrated: isIntegratedAmd({ name, pciId }) || null }
}
