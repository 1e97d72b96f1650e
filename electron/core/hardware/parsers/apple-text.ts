import type { CpuFacts, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure } from '../text'
import { makerOfDisplay, neuralEngine, notApple, sizeMiB } from './apple'

/** The text forms of the hardware and display data types, whole or only their interesting lines. */
export const systemProfilerText: Parser = {
  tool: 'system_profiler',
  recognises: text =>
    /^\s*(Chipset Model|Chip|Model Identifier): /m.test(text) || /SPDisplays: Chipset Model/.test(text) || /^GPU: +Apple M\d/m.test(text),
  parse(text) {
    const chip = capture(text, /^\s*(?:Chip|Processor Name): +(.*?)\s*$/m)
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
      memory: { totalMiB: sizeMiB(capture(text, /^\s*Memory: +(\d.*)$/m)) },
    }
  },
}

function appleCpu(text: string, model: string): CpuFacts {
  // The GPU's number of cores stands alone, the processor's says of which kinds they are.
  const cores = capture(text, /^\s*Total Number of Cores: +(\d+ \(.*\))/m)
  return {
    model,
    vendor: 'Apple',
    physicalCores: figure(cores),
    logicalCores: figure(cores),
    performanceCores: captureFigure(cores ?? '', /(\d+) performance/i),
    efficiencyCores: captureFigure(cores ?? '', /(\d+) efficiency/i),
    isa: ['NEON'],
  }
}

function intelCpu(text: string, model: string | null): CpuFacts {
  if (model === null) return {}
  const speed = capture(text, /^\s*Processor Speed: +(.*?)\s*$/m)
  return {
    model: speed === null || /GHz/.test(model) ? model : `${model} ${speed}`,
    vendor: /Intel|Xeon|Core/.test(model) ? 'Intel' : null,
    physicalCores: captureFigure(text, /^\s*Total Number of Cores: +(\d+)\s*$/m),
  }
}

/** One block per `Chipset Model:` line; a summary on one line has it too. */
function displaysIn(text: string): GpuSighting[] {
  const summary = /Chipset Model (Apple [^;\n]+)/.exec(text)?.[1]
  if (summary) return [displayOf(text, summary.trim())]
  return text
    .split(/^(?=\s*Chipset Model: )/m)
    .flatMap(block =>
      /^\s*Chipset Model: +(.*?)\s*$/m.exec(block)?.[1] ? [displayOf(block, /Chipset Model: +(.*?)\s*$/m.exec(block)?.[1] ?? '')] : [],
    )
}

function displayOf(block: string, model: string): GpuSighting {
  const vendor = makerOfDisplay(`${capture(block, /^\s*Vendor: +(.*)$/m) ?? ''} ${model}`)
  const gpu = {
    vendor,
    name: model,
    gpuCores: captureFigure(block, /Total Number of (?:GPU )?Cores:? +(\d+)\s*(?:$|;)/m),
    metal: capture(block, /Metal(?: Support| Family)?: +(?:Supported, )?(Metal (?:GPUFamily )?\w+(?: \d)?)/),
  }
  if (vendor === 'apple') return { ...gpu, integrated: true, unified: true }
  const shared = /VRAM \(Dynamic/.test(block) || /Bus: Built-In/.test(block)
  const size = sizeMiB(capture(block, /VRAM \([^)]*\): +(.*)$/m))
  return { ...gpu, integrated: shared, ...(shared ? { sharedMiB: size } : { vramMiB: size }), whyNot: notApple }
}
