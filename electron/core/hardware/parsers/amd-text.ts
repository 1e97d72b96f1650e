import type { GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, mibFromBytes, normaliseBusId } from '../text'
import { isIntegratedTarget } from './amd'

/** Plain `rocm-smi`: a line per card with the used share of its memory, and its name on the next line. */
export const rocmSmiTable: Parser = {
  tool: 'rocm-smi',
  recognises: text => /ROCm System Management Interface|^Device\s+.*VRAM%/m.test(text) && !/"card\d+"/.test(text),
  parse(text) {
    const rows = [...text.matchAll(/^(\d+)\s+.*?(\d+)%\s+(\d+)%\s*$(?:\r?\n[ \t]+(\S.*\S)[ \t]*$)?/gm)]
    const gpus = rows.map((row): GpuSighting => {
      const deviceId = capture(row[0], /\[0x([0-9a-f]{4}) :/i) ?? capture(row[0], /,\s*0x([0-9a-f]{4}),/i)
      return {
        vendor: 'amd',
        name: row[4]?.replace(/\s{2,}.*/, '') ?? null,
        pciId: deviceId ? `1002:${deviceId.toLowerCase()}` : null,
        vramUsedShare: Number(row[2]) / 100,
        powerLimitW: captureFigure(row[0], /([\d.]+)W\s+\d+%\s+\d+%/),
      }
    })
    return { gpus }
  },
}

/** `rocm-smi --showproductname --showmeminfo vram` without json: `GPU[0]  : Card Series:  AMD Radeon RX 7900 XTX` per line. */
export const rocmSmiLines: Parser = {
  tool: 'rocm-smi',
  recognises: text => /^\s*GPU\[\d+\]\s*: /m.test(text),
  parse(text) {
    const cards = [...new Set([...text.matchAll(/^\s*GPU\[(\d+)\]/gm)].map(found => found[1] ?? ''))]
    return { gpus: cards.map(card => cardOf(text, card)), software: { amdDriver: capture(text, /^Driver version:\s*(\S+)/m) } }
  },
}

function cardOf(text: string, card: string): GpuSighting {
  const of = (label: string) => capture(text, new RegExp(`^\\s*GPU\\[${card}\\]\\s*: ${label}\\s*:\\s*(.*)$`, 'im'))
  const bytes = figure(of(String.raw`VRAM Total Memory \(B\)`))
  const used = figure(of(String.raw`VRAM Total Used Memory \(B\)`))
  const deviceId = /0x([0-9a-f]{4})$/i.exec(of('(?:GPU|Device) ID') ?? '')?.[1]
  const target = of('GFX Version')
  const name = [of('Card series'), of('Card model')].find(each => each !== null && !/^0x/.test(each))
  return {
    vendor: 'amd',
    name: name ?? null,
    busId: normaliseBusId(of('PCI Bus')),
    pciId: deviceId ? `1002:${deviceId.toLowerCase()}` : null,
    rocmTarget: target,
    integrated: isIntegratedTarget(target),
    vramMiB: bytes === null ? null : mibFromBytes(bytes),
    vramUsedMiB: used === null ? null : mibFromBytes(used),
  }
}

/** `rocm-smi --csv`: a header, then `card0,...`; columns as in its json. */
export const rocmSmiCsv: Parser = {
  tool: 'rocm-smi --csv',
  recognises: text => /^device,.*\n\s*card\d+,/m.test(text),
  parse(text) {
    const lines = text.split('\n').map(line => line.trim())
    const header = (lines.find(line => line.startsWith('device,')) ?? '').split(',')
    const rows = lines.filter(line => /^card\d+,/.test(line)).map(line => line.split(','))
    return {
      gpus: rows.map(row => {
        const of = (...names: string[]) => names.map(name => row[header.indexOf(name)]).find(cell => cell && !/^(0x\w+|N\/A)$/.test(cell))
        const [bytes, used] = [figure(of('VRAM Total Memory (B)')), figure(of('VRAM Total Used Memory (B)'))]
        return {
          vendor: 'amd' as const,
          name: of('Card Series', 'Card series', 'Card Model', 'Card model') ?? null,
          busId: normaliseBusId(of('PCI Bus')),
          vramMiB: bytes === null ? null : mibFromBytes(bytes),
          vramUsedMiB: used === null ? null : mibFromBytes(used),
        }
      }),
    }
  },
}

/** `amd-smi static` and `amd-smi list` as text: a block per `GPU: 0`, capital keys, indented. "MB" means MiB. */
export const amdSmiText: Parser = {
  tool: 'amd-smi',
  recognises: text => /^GPU: \d+\s*$/m.test(text) && /^\s+(BDF|MARKET_NAME|ASIC|UUID|TARGET_GRAPHICS_VERSION|VRAM):/m.test(text),
  parse(text) {
    const blocks = text.split(/^(?=GPU: \d+\s*$)/m).filter(block => block.startsWith('GPU: '))
    return {
      gpus: blocks.map(block => {
        const of = (key: string) => capture(block, new RegExp(`^\\s+${key}: (.*)$`, 'm'))
        const deviceId = /0x([0-9a-f]{4})/i.exec(of('DEVICE_ID') ?? '')?.[1]
        const vram = /^\s+VRAM:\s*\n([\s\S]*)/m.exec(block)?.[1] ?? block
        const target = of('TARGET_GRAPHICS_VERSION')
        return {
          vendor: 'amd' as const,
          name: of('MARKET_NAME') ?? of('PRODUCT_NAME'),
          busId: normaliseBusId(of('BDF')),
          pciId: deviceId ? `1002:${deviceId.toLowerCase()}` : null,
          rocmTarget: target,
          integrated: isIntegratedTarget(target),
          vramMiB: captureFigure(vram, /^\s+(?:SIZE|TOTAL_VRAM): (\d+) MB/m),
          vramUsedMiB: captureFigure(vram, /^\s+USED_VRAM: (\d+) MB/m),
        }
      }),
    }
  },
}
