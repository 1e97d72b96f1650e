import type { Parser } from '../hardware.types'
import { figure, isObject, looseJson, mibFromBytes, textOf, type JsonObject } from '../text'

/** What the package systeminformation says of OS, processor and memory; asked last, for what no probe of ours found. */
export const systeminformation: Parser = {
  tool: 'systeminformation',
  recognises: text => /"osInfo"\s*:/.test(text) && /"mem"\s*:/.test(text),
  parse(text) {
    const root = looseJson(text)
    if (!isObject(root)) return {}
    const part = (key: string): JsonObject => (isObject(root[key]) ? root[key] : {})
    const [os, cpu, mem] = [part('osInfo'), part('cpu'), part('mem')]
    const platform = textOf(os, 'platform')
    const arch = textOf(os, 'arch') ?? ''
    const bytes = (key: string) => figure(textOf(mem, key))
    const positive = (key: string) => figure(textOf(cpu, key)) || null
    const [total, available] = [bytes('total'), bytes('available')]
    return {
      os: {
        platform: platform === 'linux' || platform === 'darwin' ? platform : /^win/i.test(platform ?? '') ? 'win32' : null,
        name: [textOf(os, 'distro'), textOf(os, 'release')].filter(Boolean).join(' ') || null,
        version: textOf(os, 'release'),
        kernel: textOf(os, 'kernel'),
        arch: /^(x64|x86_64|amd64)$/i.test(arch) ? 'x64' : /^(arm64|aarch64)$/i.test(arch) ? 'arm64' : null,
      },
      cpu: {
        model: [textOf(cpu, 'manufacturer'), textOf(cpu, 'brand')].filter(Boolean).join(' ') || null,
        vendor: textOf(cpu, 'vendor'),
        physicalCores: positive('physicalCores'),
        logicalCores: positive('cores'),
      },
      memory: { totalMiB: total ? mibFromBytes(total) : null, availableMiB: available ? mibFromBytes(available) : null },
    }
  },
}
