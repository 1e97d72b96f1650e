import type { GpuSighting, Parser } from '../hardware.types'
import { capture, normaliseBusId } from '../text'

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
      })
    }
    return { gpus }
  },
}
