import type { GpuSighting, Parser } from '../hardware.types'
import { linkOf } from './nvidia-common'
import { figure, isObject, looseJson, mibFromBytes, normaliseBusId, objectsIn, textOf, type JsonObject } from '../text'

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
    const system = isObject(root['system']) ? root['system'] : {}
    return { gpus: cards.map(([, card]) => cardOf(card)), software: { amdDriver: textOf(system, 'Driver version') } }
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
    name: names.find(name => name && !/^(0x[0-9a-f]+|N\/A)$/i.test(name)) ?? null,
    busId: normaliseBusId(textOf(card, 'PCI Bus')),
    pciId: deviceId && /^0x[0-9a-f]{4}$/i.test(deviceId) ? `1002:${deviceId.slice(2).toLowerCase()}` : null,
    rocmTarget: target?.startsWith('gfx') ? target : null,
    integrated: isIntegratedTarget(target),
    driver: textOf(card, 'Driver version'),
    powerLimitW: figure(textOf(card, 'Max Graphics Package Power (W)')),
    vramMiB: total === null ? null : mibFromBytes(total),
    vramUsedMiB: used === null ? null : mibFromBytes(used),
    sharedMiB: gtt === null ? null : mibFromBytes(gtt),
  }
}

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
    name: textOf(part('asic'), 'market_name') ?? textOf(part('board'), 'product_name'),
    busId: normaliseBusId(textOf(part('bus'), 'bdf') ?? textOf(gpu, 'bdf')),
    pcie: linkOf({
      generation: null,
      width: null,
      maxGeneration: figure(textOf(part('bus'), 'max_pcie_interface_version', 'pcie_interface_version')?.replace(/^Gen /i, '')),
      maxWidth: figure(textOf(part('bus'), 'max_pcie_width')),
    }),
    powerLimitW: size(part('limit')['max_power'] ?? part('limit')['socket_power_limit']),
    pciId: deviceId ? `1002:${deviceId.replace(/^0x/, '').toLowerCase()}` : null,
    rocmTarget: target,
    integrated: isIntegratedTarget(target),
    driver: textOf(part('driver'), 'version', 'driver_version'),
    vramMiB: size(part('vram')['size']) ?? size(part('mem_usage')['total_vram']),
    vramUsedMiB: size(part('mem_usage')['used_vram']),
    vramFreeMiB: size(part('mem_usage')['free_vram']),
  }
}
