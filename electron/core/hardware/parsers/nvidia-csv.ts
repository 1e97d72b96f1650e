import type { GpuSighting, Parser } from '../hardware.types'
import { capture, figure, normaliseBusId } from '../text'
import { linkOf } from './nvidia-common'
import { isUnified, lostName } from './nvidia-table'

const telling = /\b(memory\.(total|used|free)|pci\.bus_id|gpu_bus_id|driver_version|compute_cap)\b/

/** `nvidia-smi --query-gpu=... --format=csv`, with its header line; units in the header, behind the figures, or nowhere. */
export const nvidiaCsv: Parser = {
  tool: 'nvidia-smi --query-gpu',
  recognises: text => text.split('\n').some(line => isHeader(line)),
  parse(text) {
    const lines = text.split('\n').filter(line => line.trim() !== '')
    const start = lines.findIndex(isHeader)
    const header = (lines[start] ?? '').split(',').map(cell => cell.trim().replace(/ \[.*\]$/, ''))
    const below = lines.slice(start + 1)
    // What follows the table is a prompt, prose, or a table of processes with a header of its own.
    const end = below.findIndex(line => !line.includes(',') || /--query|^\s*pid\s*,/.test(line))
    const rows = (end === -1 ? below : below.slice(0, end))
      .map(line => line.split(','))
      // The last line of a cut file is shorter.
      .filter((cells, index) => cells.length === header.length || (index === below.length - 1 && cells.length > 1))
    return {
      // A table of processes behind it has paths of the system.
      os: /^\d+, [A-Z]:\\/m.test(text) ? { platform: 'win32' } : {},
      gpus: rows.map(cells => gpuOfRow(name => capture(cells[header.indexOf(name)] ?? '', /^\s*(.*?)\s*$/))),
    }
  },
}

/** The names of columns, not the command line that asks for them. */
const isHeader = (line: string) => telling.test(line) && line.includes(', ') && !/--query|nvidia-smi/.test(line)

function gpuOfRow(of: (column: string) => string | null): GpuSighting {
  const name = of('name') ?? of('gpu_name')
  const mig = of('mig.mode.current')
  const display = of('display_active')
  const pcie = linkOf({
    generation: figure(of('pcie.link.gen.current') ?? of('pcie.link.gen.gpucurrent')),
    width: figure(of('pcie.link.width.current')),
    maxGeneration: figure(of('pcie.link.gen.max')),
    maxWidth: figure(of('pcie.link.width.max')),
  })
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(of('pci.bus_id') ?? of('gpu_bus_id')),
    pciId: pciIdOf(of('pci.device_id')),
    unified: isUnified(name) ? true : null,
    vramMiB: figure(of('memory.total')),
    vramUsedMiB: figure(of('memory.used')),
    vramFreeMiB: figure(of('memory.free')),
    driver: of('driver_version'),
    computeCapability: of('compute_cap'),
    migEnabled: mig === null ? null : /^Enabled/.test(mig),
    pcie,
    powerLimitW: figure(of('power.limit') ?? of('enforced.power.limit')),
    powerMaxW: figure(of('power.max_limit')),
    drivesDisplay: display === null ? null : /^Enabled/.test(display),
  }
}

/** `0x268410DE`, device before vendor -> `10de:2684`. */
export function pciIdOf(text: string | null): string | null {
  const found = /^(?:0x)?([0-9a-f]{4})10DE$/i.exec(text ?? '')
  return found ? `10de:${(found[1] ?? '').toLowerCase()}` : null
}

const makes = String.raw`(?:NVIDIA |Orin \(nvgpu\)|Thor|Xavier|GeForce |Tesla |Quadro |TITAN |GRID |Graphics Device|RTX |[AHLVPT]\d{1,3}[GS]?-)`
const bareRow = new RegExp(String.raw`^(?:[\w.%/ \[\]-]{1,40}, *){0,12}${makes}[^|=:]*,`, 'm')
const nameCell = new RegExp(`^${makes}`)

/** The same with `noheader`, whatever was asked for: cells are told by their look, and the largest memory is the total. */
export const nvidiaBareCsv: Parser = {
  tool: 'nvidia-smi --query-gpu',
  recognises: text => bareRow.test(text) && !nvidiaCsv.recognises(text, ''),
  parse(text) {
    const rows = text.split('\n').filter(line => bareRow.test(line))
    return { gpus: rows.map(row => bareGpuOf(row.split(',').map(cell => cell.trim()))) }
  },
}

function bareGpuOf(cells: readonly string[]): GpuSighting {
  const like = (pattern: RegExp) => cells.find(cell => pattern.test(cell)) ?? null
  const name = like(nameCell)
  const withUnit = cells.filter(cell => /^\d+ MiB$/.test(cell)).map(cell => parseInt(cell, 10))
  // Without units a whole number from 1000 on is memory: watts, clocks in use and temperatures of a card at rest are less.
  const sizes = withUnit.length > 0 ? withUnit : cells.filter(cell => /^\d{4,6}$/.test(cell)).map(Number)
  return {
    vendor: 'nvidia',
    name,
    unified: isUnified(name) ? true : null,
    busId: normaliseBusId(like(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d$/i)),
    vramMiB: sizes.length > 0 ? Math.max(...sizes) : null,
    driver: driverIn(cells),
    computeCapability: like(/^\d{1,2}\.\d$/),
    ...(name === null ? { whyNot: lostName } : {}),
  }
}

/** `535.129.03` is a driver; of two-part figures (`440.64`) power is one too, so that only a single one counts. */
function driverIn(cells: readonly string[]): string | null {
  const long = cells.find(cell => /^\d{3}\.\d{1,3}\.\d{1,2}$/.test(cell))
  const short = cells.filter(cell => /^[3-9]\d{2}\.\d{2,3}$/.test(cell))
  return long ?? (short.length === 1 ? (short[0] ?? null) : null)
}
