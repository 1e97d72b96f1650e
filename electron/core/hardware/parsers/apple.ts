import { readPlist } from './plist'
import type { CpuFacts, Findings, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, isObject, looseJson, mibFromBytes, objectsIn, textOf, type JsonObject } from '../text'

/** `sysctl hw machdep iogpu ...`; an assignment prints "0 -> 14000" and the new value counts. */
export const sysctl: Parser = {
  tool: 'sysctl',
  recognises: text => /^\s*(hw\.(memsize|ncpu)|machdep\.cpu\.brand_string|iogpu\.wired_limit_mb): /m.test(text),
  parse(text) {
    const of = (key: string) => captureFigure(text, new RegExp(`^\\s*${key.replaceAll('.', '\\.')}: (?:.*-> )?(\\d+)\\s*$`, 'm'))
    const model = capture(text, /^\s*machdep\.cpu\.brand_string: (.*)$/m)
    const bytes = of('hw.memsize')
    const fast = of('hw.perflevel0.physicalcpu')
    const slow = of('hw.perflevel1.physicalcpu')
    const logical = of('hw.logicalcpu') ?? of('hw.ncpu')
    const isApple = model?.startsWith('Apple') ?? false
    // Apple's chips have one thread per core.
    const physical = of('hw.physicalcpu') ?? (isApple ? logical : null)
    return {
      os: { platform: 'darwin', arch: archOf(model) },
      cpu: {
        model,
        vendor: makerOf(model),
        physicalCores: physical,
        logicalCores: logical,
        performanceCores: fast,
        efficiencyCores: slow,
        isa: isaOf(text, isApple),
      },
      memory: { totalMiB: bytes === null ? null : mibFromBytes(bytes), wiredLimitMiB: of('iogpu.wired_limit_mb') },
      npus: isApple ? [neuralEngine] : [],
      gpus: isApple && model ? [{ vendor: 'apple', name: model, unified: true, integrated: true }] : [],
    }
  },
}

export const neuralEngine = { name: 'Apple Neural Engine', driver: null }

const makerOf = (model: string | null) => /Apple|Intel/.exec(model ?? '')?.[0] ?? null

function archOf(model: string | null): 'arm64' | 'x64' | null {
  if (!model) return null
  return makerOf(model) === 'Apple' ? 'arm64' : 'x64'
}

function isaOf(text: string, isApple: boolean): string[] | null {
  // `hw.optional.arm.FEAT_SME: 1`; chips up to M3 have Apple's own AMX instead, which only Accelerate reaches.
  if (isApple)
    return [
      'NEON',
      ...(/FEAT_I8MM: 1/.test(text) ? ['I8MM'] : []),
      ...(/FEAT_BF16: 1/.test(text) ? ['BF16'] : []),
      ...(/FEAT_SME: 1/.test(text) ? ['SME'] : []),
    ]
  return /\bAVX2\b/.test(text) ? ['AVX', 'AVX2', ...(/AVX512F/.test(text) ? ['AVX512'] : [])] : null
}

/** `sw_vers`. */
export const swVers: Parser = {
  tool: 'sw_vers',
  recognises: text => /^ProductName:\s+(macOS|Mac OS X)/m.test(text),
  parse(text) {
    const version = capture(text, /^ProductVersion:\s+(.*)$/m)
    return { os: { platform: 'darwin', name: version ? `macOS ${version}` : 'macOS', version } }
  },
}

/** `system_profiler SPDisplaysDataType -json`, also with SPHardwareDataType in the same answer. */
export const systemProfilerJson: Parser = {
  tool: 'system_profiler -json',
  recognises: text => /"SP(Displays|Hardware)DataType"\s*:|<key>_dataType<\/key>/.test(text),
  parse(text) {
    const root = text.includes('<plist') ? byType(readPlist(text)) : looseJson(text)
    if (!isObject(root)) return {}
    const hardware = objectsIn(root['SPHardwareDataType'])[0]
    const displays = objectsIn(root['SPDisplaysDataType'])
    return { os: { platform: 'darwin' }, gpus: displays.map(displayOf), ...(hardware ? merged(hardwareOf(hardware)) : {}) }
  },
}

/** The list that `-xml` prints, brought into the form of `-json`: items by their data type. */
const byType = (list: unknown) =>
  Object.fromEntries(objectsIn(list).map(part => [textOf(part, '_dataType') ?? '', Array.isArray(part['_items']) ? part['_items'] : []]))

/** The builds of runtimes for macOS use Metal on Apple's own chips only. */
export const notApple = "The runtimes' Metal builds are made for Apple's own chips; on this Mac they use the processor."

const merged = (findings: Findings): Findings => ({ ...findings, os: { platform: 'darwin', ...findings.os } })

function displayOf(display: JsonObject): GpuSighting {
  const model = textOf(display, 'sppci_model', '_name')
  const vendorText = textOf(display, 'spdisplays_vendor') ?? ''
  const vendor = makerOfDisplay(`${vendorText} ${model ?? ''}`)
  const metal = /metal ?(\d)/i.exec(
    textOf(display, 'spdisplays_mtlgpufamilysupport', 'spdisplays_metal', 'spdisplays_metalfamily') ?? '',
  )?.[1]
  return {
    vendor,
    name: model,
    integrated: vendor === 'apple' || isBuiltIn(display),
    unified: vendor === 'apple' ? true : null,
    gpuCores: figure(textOf(display, 'sppci_cores')),
    metal: metal ? `Metal ${metal}` : null,
    vramMiB: vendor === 'apple' ? null : sizeMiB(textOf(display, 'spdisplays_vram', 'spdisplays_vram_shared', '_spdisplays_vram')),
    ...(vendor === 'apple' ? {} : { whyNot: notApple }),
  }
}

const isBuiltIn = (display: JsonObject) => {
  const bus = textOf(display, 'sppci_bus') ?? ''
  return /builtin/i.test(bus) || ('spdisplays_vram_shared' in display && !/pcie|thunderbolt/i.test(bus))
}

/** Who made a Mac's GPU, by the words of vendor and model. */
export function makerOfDisplay(words: string): GpuSighting['vendor'] {
  if (/apple/i.test(words)) return 'apple'
  if (/\bamd\b|\bati\b|_amd|1002|radeon/i.test(words)) return 'amd'
  if (/nvidia|geforce|10de/i.test(words)) return 'nvidia'
  return /intel|8086/i.test(words) ? 'intel' : 'other'
}

function hardwareOf(hardware: JsonObject): Findings {
  const model = textOf(hardware, 'chip_type', 'cpu_type')
  // Total, fastest, efficient, and from macOS 26 on those between: `proc 10:4:6`, `proc 18:6:0:12`.
  const counts = /proc (\d+):(\d+):(\d+)(?::(\d+))?/.exec(textOf(hardware, 'number_processors') ?? '')
  // An Apple chip counts its cores there, a Mac with Intel's its processors, with the cores in a field of their own.
  const cores = counts ? Number(counts[1]) : figure(textOf(hardware, 'number_cores', 'number_processors'))
  const cpu: CpuFacts = {
    model,
    physicalCores: cores,
    performanceCores: counts ? Number(counts[2]) : null,
    efficiencyCores: counts ? Number(counts[3]) + Number(counts[4] ?? 0) : null,
  }
  return {
    os: { arch: model?.startsWith('Apple') ? 'arm64' : model ? 'x64' : null },
    npus: model?.startsWith('Apple') ? [neuralEngine] : [],
    cpu: model?.startsWith('Apple')
      ? { ...cpu, vendor: 'Apple', logicalCores: cores, isa: ['NEON'] }
      : { ...cpu, vendor: model ? 'Intel' : null },
    memory: { totalMiB: sizeMiB(textOf(hardware, 'physical_memory')) },
  }
}

/** `vm_stat`: free, inactive and speculative pages can be had at once. */
export const vmStat: Parser = {
  tool: 'vm_stat',
  recognises: text => text.includes('Mach Virtual Memory Statistics'),
  parse(text) {
    const pageBytes = captureFigure(text, /page size of (\d+) bytes/) ?? 16_384
    const pages = ['free', 'inactive', 'speculative'].map(kind => captureFigure(text, new RegExp(`^Pages ${kind}:\\s+(\\d+)`, 'm')) ?? 0)
    return { os: { platform: 'darwin' }, memory: { availableMiB: mibFromBytes(pages.reduce((sum, each) => sum + each, 0) * pageBytes) } }
  },
}

/** "64 GB", "22.63 GB" or "1536 MB" as Apple prints them, in MiB. */
export function sizeMiB(text: string | null): number | null {
  const found = /([\d.]+)\s*(GB|MB|TB)/i.exec(text ?? '')
  if (!found) return null
  const factor = { gb: 1024, mb: 1, tb: 1_048_576 }[(found[2] ?? 'gb').toLowerCase()] ?? 1024
  return Math.round(Number(found[1]) * factor)
}
