import type { GpuSighting, Parser } from '../hardware.types'
import { capture, normaliseBusId } from '../text'

/**
 * Runtimes serve the chips 910B and later and the 310P (https://docs.vllm.ai/projects/ascend, supported devices), not the first
 * 310 and 910, which has 32 GB and whose newest successor goes by the same name with 64.
 */
const isFirstGeneration = (name: string, totalMiB: number) =>
  /^(?:Ascend)?\s?(?:310|910(?:A|ProA|ProB|PremiumA))$/i.test(name) || (/^(?:Ascend)?\s?910$/i.test(name) && totalMiB <= 32_768)
const tooOld = 'The runtimes known here serve the Ascend 910B, its successors and the 310P, not this older chip.'

/** `npu-smi info`: two lines per chip; widths differ by release, a blank before the slash may be missing; MB means MiB. */
export const npuSmi: Parser = {
  tool: 'npu-smi info',
  recognises: text => /\|\s*NPU\s+Name\s*\|/.test(text),
  parse(text) {
    const lines = text.split(/\r?\n/)
    const gpus: GpuSighting[] = []
    for (const [at, line] of lines.entries()) {
      const name = /^\|\s*\d+\s+(\S*[A-Za-z0-9]\S*)\s*\|\s*(OK|Warning|Alarm|Critical|UNKNOWN)\s*\|/i.exec(line)
      const memory = /(\d+)\s*\/\s*(\d+)\s*\|\s*$/.exec(lines[at + 1] ?? '')
      if (!name || !memory) continue
      gpus.push({
        vendor: 'huawei',
        name: /^Ascend/i.test(name[1] ?? '') ? (name[1] ?? '') : `Ascend ${name[1] ?? ''}`,
        busId: normaliseBusId(capture(lines[at + 1] ?? '', /^\|[^|]*\|\s*(\S+)/)),
        integrated: false,
        vramMiB: Number(memory[2]),
        vramUsedMiB: Number(memory[1]),
        driver: capture(text, /^\|\s*npu-smi \S+\s+Version: (\S+)/m),
        ...(isFirstGeneration(name[1] ?? '', Number(memory[2])) ? { whyNot: tooOld } : {}),
      })
    }
    return { gpus }
  },
}
