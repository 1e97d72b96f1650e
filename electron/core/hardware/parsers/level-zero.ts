import type { Parser } from '../hardware.types'
import { capture } from '../text'
import { intelPciId, isIntegratedIntel } from './xpu-smi'

/** `sycl-ls`: devices by backend; a GPU of Level Zero is one that SYCL builds can use. */
export const syclLs: Parser = {
  tool: 'sycl-ls',
  recognises: text => /^\[(ext_oneapi_)?(level_zero|opencl|cuda|hip):(gpu|cpu)[\]:]/m.test(text),
  parse(text) {
    const rows = [
      ...text.matchAll(
        /^\[(?:ext_oneapi_)?level_zero:gpu[^\]]*\](?:\[level_zero:\d+\])?\s*(?:Intel\(R\) (?:oneAPI )?(?:Unified Runtime over )?Level-Zero(?: V2)?,\s*)(.*?)(?:\s+\d+\.\d+.*)?\s*(?:\[.*\])?$/gm,
      ),
    ]
    return {
      software: { levelZero: rows.length > 0 ? (capture(text, /level_zero:gpu.*\[(\d+\.\d+\.[\d.+]+)\]/) ?? 'there') : null },
      gpus: rows.map(row => ({
        vendor: 'intel' as const,
        name: row[1] ?? null,
        pciId: intelPciId(row[1] ?? null),
        integrated: isIntegratedIntel(row[1] ?? ''),
      })),
    }
  },
}
