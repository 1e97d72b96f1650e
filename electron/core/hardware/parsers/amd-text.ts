import type { GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, csvCells, figure, mibFromBytes, normaliseBusId } from '../text'
import { cardOf as cardOfFields } from './amd'
import { isIntegratedTarget } from './amd-inside'
import { namedBy } from './amd-smi'

/** Plain `rocm-smi`: a line per card with the used share of its memory, and its name on the next line. */
export const rocmSmiTable: Parser = {
  tool: 'rocm-smi',
  recognises: text => /ROCm System Management Interface|^Device\s+.*VRAM%/m.test(text) && !/"card\d+"/.test(text),
  parse(text) {
    const rows = [...text.matchAll(/^(\d+)\s+.*?\s(\d+%|N\/A)\s+(?:\d+%|N\/A)\s*$(?:\r?\n[ \t]+(\S.*\S)[ \t]*$)?/gm)]
    const gpus = rows.map((row): GpuSighting => {
      const deviceId = capture(row[0], /\[0x([0-9a-f]{4}) :/i) ?? capture(row[0], /,\s*0x([0-9a-f]{4}),/i)
      return {
        vendor: 'amd',
        name: row[3]?.replace(/\s{2,}.*/, '') ?? null,
        pciId: deviceId ? `1002:${deviceId.toLowerCase()}` : null,
        vramUsedShare: row[2] === 'N/A' ? null : parseInt(row[2] ?? '', 10) / 100,
        powerLimitW: captureFigure(row[0], /([\d.]+)W\s+(?:\d+%|N\/A)\s+(?:\d+%|N\/A)\s*$/m),
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
  const model = of('Card model')
  const deviceId =
    [of('(?:GPU|Device) ID'), of('Subsystem ID') === null ? null : model]
      .map(cell => /^0x([0-9a-f]{4})$/i.exec(cell ?? '')?.[1])
      .find(Boolean) ?? null
  const target = of('GFX Version')
  const name = [of('Card series'), model, of('Device Name')].find(each => each !== null && !/^0x/.test(each))
  const named = namedBy(name ?? null, deviceId)
  return {
    vendor: 'amd',
    ...named,
    busId: normaliseBusId(of('PCI Bus')),
    rocmTarget: target,
    integrated: isIntegratedTarget(target) ?? named.integrated,
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
    const header = csvCells(lines.find(line => line.startsWith('device,')) ?? '')
    const rows = lines.filter(line => /^card\d+,/.test(line)).map(csvCells)
    // Releases that do not quote the maker's name have one cell more in a row than in the header.
    const cellsOf = (row: readonly string[]) => (row.length === header.length + 1 ? joinMaker(row) : row)
    return {
      gpus: rows
        .map(cellsOf)
        .map(row => cardOfFields(names => names.map(name => row[header.indexOf(name)]).find(cell => cell && cell !== 'N/A') ?? null)),
    }
  },
}

const joinMaker = (row: readonly string[]) => {
  const at = row.findIndex(cell => /^Advanced Micro Devices$/.test(cell))
  return at === -1 ? row : row.toSpliced(at, 2, `${row[at] ?? ''}, ${row[at + 1] ?? ''}`)
}

/** `rocm-smi --showhw`: a line per card with its PCI number and place, no name; columns differ by release. */
export const rocmSmiHardware: Parser = {
  tool: 'rocm-smi --showhw',
  recognises: text => /^GPU\s+.*\bDID\b.*\bBUS\b/m.test(text),
  parse(text) {
    const rows = [...text.matchAll(/^(\d+)\s+(.*\b[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d.*)$/gim)]
    return {
      gpus: rows.map((row): GpuSighting => {
        const line = row[2] ?? ''
        const number = /^(?:\d+\s+)?(?:0x)?([0-9a-f]{4})\s/i.exec(line)?.[1] ?? null
        const target = /\b(gfx[0-9a-f]+)\b/.exec(line)?.[1] ?? null
        const named = namedBy(null, number)
        return {
          vendor: 'amd',
          ...named,
          integrated: isIntegratedTarget(target) ?? named.integrated,
          rocmTarget: target,
          busId: normaliseBusId(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d/i.exec(line)?.[0]),
        }
      }),
    }
  },
}
