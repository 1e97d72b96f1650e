import type { Findings, GpuSighting, Parser, Warning } from '../hardware.types'
import { capture, figure, normaliseBusId } from '../text'
import { held } from './nvidia-common'

/**
 * The table of `nvidia-smi` without arguments, in the narrow layout of drivers up to 545 and the wide one since 550, with
 * `Persistence-M`, `TCC/WDDM` or `Driver-Model` as third column (layouts: https://docs.nvidia.com/deploy/nvidia-smi/).
 */
export const nvidiaTable: Parser = {
  tool: 'nvidia-smi',
  recognises: text =>
    /NVIDIA-SMI (\d|has failed)|Failed to initialize NVML|^No devices were found|Unable to determine the device handle|\| +Bus-Id +Disp\.A +\|/m.test(
      text,
    ) && !/<nvidia_smi_log>|NVSMI LOG|XPU-SMI|AMD-SMI|HL-SMI|\| +AIP +Name|CNMON|mthreads-gmi|ix-?smi|mx-smi/i.test(text),
  parse: parseTable,
}

/** Quoted and indented pastes count too; some pastes lack the column of the driver's model; Jetson boards have no bus. */
const rowStart =
  /^[\s>#]*\|\s*(\d+)\s+(\S.*?)(?:\s+(?:Off|On|WDDM|TCC|MCDM|N\/A|ERR!))?\s*\|\s*([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d|N\/A)\s+(\S+)\s*\|/i

function parseTable(text: string): Findings {
  const driver = capture(text, /(?:Driver|KMD) Version\s*:\s*(\d[\d.]*)/)
  const cudaVersion = capture(text, /CUDA (?:UMD )?Version\s*:\s*(\d+\.\d+)/)
  const smiVersion = capture(text, /NVIDIA-SMI (\d[\d.]*)/)
  const rows = rowsOf(text)
  const gpus = [
    ...rows.map(row => ({ ...gpuOf(row), driver, cudaVersion, migInstances: migOf(text, row.index), ...heldOf(text, row.index) })),
    ...lostOf(text),
  ]
  // Under WSL the tool is Linux's and the driver is Windows', so their versions differ; elsewhere they are one package.
  const wsl = driver !== null && smiVersion !== null && driver !== smiVersion && !/WDDM|Driver-Model/.test(text)
  return {
    gpus,
    warnings: failuresOf(text),
    os: {
      ...(/\b(WDDM|TCC|MCDM)\s*\|/.test(text) ? { platform: 'win32' as const } : {}),
      ...(wsl ? { wsl: true, platform: 'linux' as const } : {}),
    },
  }
}

type Row = { index: number; lines: string[]; match: RegExpExecArray }

function rowsOf(text: string): Row[] {
  const rows: Row[] = []
  for (const line of text.split(/\r?\n/)) {
    if (/\|\s*(Processes|MIG devices):/.test(line)) break
    const match = rowStart.exec(line)
    if (match) rows.push({ index: Number(match[1]), lines: [], match })
    else rows.at(-1)?.lines.push(line)
  }
  return rows
}

/** A card whose name is `ERR!` has stopped answering the driver. */
export const lostName =
  'The driver cannot read this card any more (ERR!); restart the machine, and check its power and seat if it comes back.'

function gpuOf({ lines, match }: Row): GpuSighting {
  const [first = '', second = ''] = lines
  const [, , shown = 'ERR!', busId, display] = match
  const usage = /(\d+)MiB\s*\/\s*(\d+)MiB/.exec(lines.join('\n'))
  const migColumn = capture(second, /\|\s*(Enabled|Disabled)\*?\s*\|\s*$/)
  const base = {
    vendor: 'nvidia' as const,
    busId: normaliseBusId(busId),
    vramMiB: figure(usage?.[2]),
    vramUsedMiB: figure(usage?.[1]),
    migEnabled: migColumn === null ? null : migColumn === 'Enabled',
    powerLimitW: figure(/\/\s*(\d+)W/.exec(first)?.[1]),
    drivesDisplay: display === 'On' ? true : display === 'Off' ? false : null,
  }
  if (shown === 'ERR!') return { ...base, whyNot: lostName }
  const unified = isUnified(shown) || /Not Supported/.test(first)
  const whyNot = /\|\s*(GPU is lost|Unknown Error)/i.test(first) ? lostName : null
  return { ...base, name: shown.replace(/\s*\.\.\.$/, ''), nameIsCut: shown.endsWith('...'), unified, whyNot }
}

/** The table of processes, where it names programs; under Windows their memory is `N/A`. */
function heldOf(text: string, gpuIndex: number): Pick<GpuSighting, 'heldBy'> {
  const from = text.indexOf('Processes:')
  if (from === -1) return {}
  const rows = [
    ...text.slice(from).matchAll(/^[\s>]*\|\s*(\d+)\s+(?:(?:N\/A|\d+)\s+(?:N\/A|\d+)\s+)?\d+\s+[CGM+]+\s+(\S.*?)\s+(N\/A|\d+MiB)\s*\|/gm),
  ]
  return { heldBy: held(rows.filter(row => Number(row[1]) === gpuIndex).map(row => ({ name: row[2] ?? null, memoryMiB: figure(row[3]) }))) }
}

/** Systems on a chip whose GPU has no memory of its own; nvidia-smi says `Not Supported` for theirs. */
export const isUnified = (name: string | null) => /\b(GB10|Orin|Thor|Xavier|Tegra|nvgpu)\b/i.test(name ?? '')

/** The table of MIG devices gives the memory of each, but not its profile. */
function migOf(text: string, gpuIndex: number): GpuSighting['migInstances'] {
  const from = text.indexOf('MIG devices:')
  if (from === -1) return null
  const rows = text.slice(from).matchAll(/^[\s>]*\|\s*(\d+)\s+\d+\s+\d+\s+(\d+)\s*\|\s*\d+MiB\s*\/\s*(\d+)MiB/gm)
  return [...rows]
    .filter(row => Number(row[1]) === gpuIndex)
    .map(row => ({ profile: `MIG device ${row[2] ?? '?'}`, memoryMiB: Number(row[3]) }))
}

/** Cards that the driver has lost are named in lines above the table. */
function lostOf(text: string): GpuSighting[] {
  const lines = text.matchAll(/Unable to determine the device handle for (?:GPU\d+|gpu)\s*:?\s*([0-9a-f:.]+?)\s*: (.+)/gi)
  return [...lines].map(line => ({
    vendor: 'nvidia' as const,
    busId: normaliseBusId(line[1]),
    whyNot: `The driver has lost this card (${line[2]?.trim() ?? 'unknown error'}); restart the machine or reseat the card.`,
  }))
}

function failuresOf(text: string): Warning[] {
  if (/couldn't communicate with the NVIDIA driver|Driver Not Loaded/i.test(text)) {
    return [
      {
        code: 'nvidia-driver-unreachable',
        text: 'nvidia-smi is there but cannot reach the NVIDIA driver: install or reload the driver to use the NVIDIA GPU.',
      },
    ]
  }
  if (/version mismatch/i.test(text)) {
    return [
      {
        code: 'nvidia-driver-mismatch',
        text: 'The NVIDIA driver was updated while its old version is still loaded: restart the machine to use the NVIDIA GPU.',
      },
    ]
  }
  if (/^No devices were found/m.test(text)) {
    return [
      {
        code: 'nvidia-driver-no-device',
        text: 'The NVIDIA driver is loaded but finds no GPU that it drives: the card may be too old for it, switched off, or given to a virtual machine.',
      },
    ]
  }
  if (/Failed to initialize NVML/i.test(text)) {
    return [
      { code: 'nvidia-driver-unreachable', text: 'nvidia-smi cannot talk to the NVIDIA driver, so the NVIDIA GPU cannot be used now.' },
    ]
  }
  return []
}
