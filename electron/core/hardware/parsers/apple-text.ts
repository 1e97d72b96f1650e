import type { CpuFacts, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure } from '../text'
import { makerOfDisplay, neuralEngine, notApple, sizeMiB } from './apple'

/** The text forms of the hardware and display data types, whole or only their interesting lines. */
export const systemProfilerText: Parser = {
  tool: 'system_profiler',
  recognises: text =>
    /^\s*(Chipset Model|Chip|Model Identifier|Processor Name):[ \t]/m.test(text) ||
    /SPDisplays: Chipset Model/.test(text) ||
    /^GPU: +Apple M\d/m.test(text),
  parse(text) {
    const chip = capture(text, /^\s*(?:Chip|Processor Name):[ \t]+(.*?)\s*$/m)
    const gpus = displaysIn(text)
    const apple = [chip, ...gpus.map(gpu => gpu.name ?? null)].find(name => name?.startsWith('Apple M')) ?? null
    const cpu = apple ? appleCpu(text, apple) : intelCpu(text, chip)
    const arch = apple ? ('arm64' as const) : chip ? ('x64' as const) : null
    return {
      os: { platform: 'darwin', arch },
      // A chip without a line on its display is a GPU all the same.
      gpus: gpus.length === 0 && apple ? [{ vendor: 'apple', name: apple, integrated: true, unified: true }] : gpus,
      npus: apple ? [neuralEngine] : [],
      cpu,
      memory: { totalMiB: sizeMiB(capture(text, /^\s*Memory:[ \t]+(\d.*)$/m)) },
    }
  },
}

function appleCpu(text: string, model: string): CpuFacts {
  // The GPU's number of cores stands alone, the processor's says of which kinds they are.
  const cores = capture(text, /^\s*Total Number of Cores:[ \t]+(\d+ \(.*\))/m)
  return {
    model,
    vendor: 'Apple',
    physicalCores: figure(cores),
    logicalCores: figure(cores),
    ...kindsOfCores(cores ?? ''),
    isa: ['NEON'],
  }
}

/** `10 (4 performance and 6 efficiency)`; from M5 on the fastest are called Super and, on Pro and Max, the others Performance. */
function kindsOfCores(cores: string): Pick<CpuFacts, 'performanceCores' | 'efficiencyCores'> {
  const [fastest, fast, slow] = [/(\d+) super/i, /(\d+) performance/i, /(\d+) efficiency/i].map(kind => captureFigure(cores, kind))
  return { performanceCores: fastest ?? fast ?? null, efficiencyCores: slow ?? (fastest ? (fast ?? null) : null) }
}

function intelCpu(text: string, model: string | null): CpuFacts {
  if (model === null) return {}
  const speed = capture(text, /^\s*Processor Speed:[ \t]+(.*?)\s*$/m)
  return {
    model: speed === null || /GHz/.test(model) ? model : `${model} ${speed}`,
    vendor: /Intel|Xeon|Core/.test(model) ? 'Intel' : null,
    physicalCores: captureFigure(text, /^\s*Total Number of Cores:[ \t]+(\d+)\s*$/m),
  }
}

/** One block per `Chipset Model:` line; a summary on one line has it too. */
function displaysIn(text: string): GpuSighting[] {
  const summary = /Chipset Model (Apple [^;\n]+)/.exec(text)?.[1]
  if (summary) return [displayOf(text, summary.trim())]
  return text
    .split(/^(?=\s*Chipset Model:[ \t])/m)
    .flatMap(block =>
      /^\s*Chipset Model:[ \t]+(.*?)\s*$/m.exec(block)?.[1]
        ? [displayOf(block, /Chipset Model:[ \t]+(.*?)\s*$/m.exec(block)?.[1] ?? '')]
        : [],
    )
}

function displayOf(block: string, model: string): GpuSighting {
  const vendor = makerOfDisplay(`${capture(block, /^\s*Vendor:[ \t]+(.*)$/m) ?? ''} ${model}`)
  const gpu = {
    vendor,
    name: model,
    gpuCores: captureFigure(block, /Total Number of (?:GPU )?Cores:?[ \t]+(\d+)\s*(?:$|;)/m),
    metal: capture(block, /Metal(?: Support| Family)?:[ \t]+(?:Supported, )?(Metal (?:GPUFamily )?\w+(?: \d)?)/),
  }
  if (vendor === 'apple') return { ...gpu, integrated: true, unified: true }
  // Cards in slots have been seen with dynamic memory too (FirePro of the Mac Pro); their memory is their own all the same.
  const shared = /Bus: Built-In/.test(block) || (/VRAM \(Dynamic/.test(block) && !/Bus: (PCIe|Thunderbolt)|PCIe Lane Width/.test(block))
  const size = sizeMiB(capture(block, /VRAM \([^)]*\):[ \t]+(.*)$/m))
  return { ...gpu, integrated: shared, ...(shared ? { sharedMiB: size } : { vramMiB: size }), whyNot: notApple }
}
