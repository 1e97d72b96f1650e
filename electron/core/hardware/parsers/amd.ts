import type { GpuSighting, Parser } from '../hardware.types'
import { figure, isObject, looseJson, mibFromBytes, normaliseBusId, textOf, type JsonObject } from '../text'
import { deviceName } from '../gpu-table'
import { isIntegratedTarget } from './amd-inside'
import { namedBy } from './amd-smi'

/** `rocm-smi --json`: one object per card, all values strings; the spelling of the keys changed between ROCm 5 and 6. */
export const rocmSmiJson: Parser = {
  tool: 'rocm-smi --json',
  recognises: text => /"card\d+"\s*:/.test(text),
  parse(text) {
    const root = looseJson(text)
    if (!isObject(root)) return {}
    const cards = Object.entries(root).filter((entry): entry is [string, JsonObject] => /^card\d+$/.test(entry[0]) && isObject(entry[1]))
    const system = isObject(root['system']) ? root['system'] : {}
    return { gpus: cards.map(([, card]) => cardOf(key => textOf(card, ...key))), software: { amdDriver: textOf(system, 'Driver version') } }
  },
}

/**
 * The model may be the number of the board's maker instead, which is then another than that of the subsystem. Releases that
 * name the target give the device's number, as far as it is one that is known.
 */
function modelNumber(of: (names: readonly string[]) => string | null, target: string | null): string | null {
  const model = of(['Card Model', 'Card model'])
  if (of(['Subsystem ID']) !== null) return model
  return target !== null && deviceName(model?.replace(/^0x/i, '1002:')) !== null ? model : null
}

/** One card of `rocm-smi`, whose json and csv have the same fields; `of` gives the first of several names that is filled. */
export function cardOf(of: (names: readonly string[]) => string | null): GpuSighting {
  const mib = (name: string) => {
    const bytes = figure(of([name]))
    return bytes === null ? null : mibFromBytes(bytes)
  }
  const target = of(['GFX Version'])
  // ROCm 4.3 gives the vendor's number as the series, and the model is often no more than the device's number.
  const names = [of(['Card Series', 'Card series']), of(['Card Model', 'Card model']), of(['Device Name'])]
  const model = modelNumber(of, target)
  const numbers = [of(['Device ID']), of(['GPU ID']), model === of(['Subsystem ID']) ? null : model]
  const share = figure(of(['GPU Memory Allocated (VRAM%)']))
  const named = namedBy(
    names.find(name => name && !/^(0x[0-9a-f]+|N\/A)$/i.test(name)) ?? null,
    numbers.find(number => number && /^0x[0-9a-f]{4}$/i.test(number)) ?? null,
  )
  return {
    vendor: 'amd',
    ...named,
    busId: normaliseBusId(of(['PCI Bus'])),
    rocmTarget: target?.startsWith('gfx') ? target : null,
    integrated: isIntegratedTarget(target) ?? named.integrated,
    driver: of(['Driver version']),
    powerLimitW: figure(of(['Max Graphics Package Power (W)'])) || null,
    vramMiB: mib('VRAM Total Memory (B)'),
    vramUsedMiB: mib('VRAM Total Used Memory (B)'),
    ...(share === null ? {} : { vramUsedShare: share / 100 }),
    sharedMiB: mib('GTT Total Memory (B)'),
  }
}
