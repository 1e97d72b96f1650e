import type { Findings, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, normaliseBusId } from '../text'
import { isUnified } from './nvidia-table'

/** `nvidia-smi --query-gpu=... --format=csv`, with its header line; units in the header or behind the figures. */
export const nvidiaCsv: Parser = {
  tool: 'nvidia-smi --query-gpu',
  recognises: text =>
    /^(?=.*\b(memory\.total|pci\.bus_id|driver_version|compute_cap)\b).*,/m.test(text) && !/^nvidia-smi --query/m.test(text),
  parse(text) {
    const lines = text.split(/\r?\n/).filter(line => line.includes(','))
    const start = lines.findIndex(line => /\b(memory\.total|pci\.bus_id|driver_version|compute_cap)\b/.test(line))
    const header = (lines[start] ?? '').split(',').map(cell => cell.trim().replace(/ \[.*\]$/, ''))
    const gpus = lines.slice(start + 1).map(line => {
      const cells = line.split(',')
      return gpuOfRow(name => capture(cells[header.indexOf(name)] ?? '', /^\s*(.*?)\s*$/))
    })
    return { gpus }
  },
}

function gpuOfRow(of: (column: string) => string | null): GpuSighting {
  const name = of('name')
  const mig = of('mig.mode.current')
  const unified = isUnified(name) ? true : null
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(of('pci.bus_id') ?? of('gpu_bus_id')),
    unified,
    vramMiB: figure(of('memory.total')),
    vramUsedMiB: figure(of('memory.used')),
    vramFreeMiB: figure(of('memory.free')),
    driver: of('driver_version'),
    computeCapability: of('compute_cap'),
    migEnabled: mig === null ? null : /^Enabled/.test(mig),
  }
}

/** The same with `noheader`, whatever was asked for: cells are told by their look, and the largest memory is the total. */
export const nvidiaBareCsv: Parser = {
  tool: 'nvidia-smi --query-gpu',
  recognises: text => bareRow.test(text) && !nvidiaCsv.recognises(text, ''),
  parse(text) {
    const rows = text.split('\n').filter(line => bareRow.test(line))
    return { gpus: rows.map(row => bareGpuOf(row.split(',').map(cell => cell.trim()))) }
  },
}

const bareRow = /^(?:\d+, )?(?:NVIDIA |Orin \(nvgpu\)|Thor|GeForce |Tesla |Quadro )[^,|]*,/m

function bareGpuOf(cells: readonly string[]): GpuSighting {
  const like = (pattern: RegExp) => cells.find(cell => pattern.test(cell)) ?? null
  const name = like(/^(NVIDIA |Orin|Thor|GeForce |Tesla |Quadro )/)
  const sizes = cells.filter(cell => /^\d+ MiB$/.test(cell)).map(cell => parseInt(cell, 10))
  return {
    vendor: 'nvidia',
    name,
    unified: isUnified(name) ? true : null,
    busId: normaliseBusId(like(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d$/i)),
    vramMiB: sizes.length > 0 ? Math.max(...sizes) : null,
    driver: like(/^\d{3}\.\d+(\.\d+)?$/),
    computeCapability: like(/^\d{1,2}\.\d$/),
  }
}

/** `nvidia-smi -L`: whole names, and the MIG devices of each card with their profiles. */
export const nvidiaList: Parser = {
  tool: 'nvidia-smi -L',
  recognises: text => /^GPU \d+: .*\(UUID: /m.test(text),
  parse(text) {
    const gpus: GpuSighting[] = text
      .split(/^(?=GPU \d+: )/m)
      .filter(block => block.startsWith('GPU '))
      .map(block => {
        const name = capture(block, /^GPU \d+: (.*?) \(UUID/)
        const migInstances = [...block.matchAll(/^\s+MIG (\S+)\s+Device\s+\d+:/gm)].map(found => ({
          profile: found[1] ?? '',
          memoryMiB: null,
        }))
        return {
          vendor: 'nvidia',
          name,
          unified: isUnified(name) ? true : null,
          migInstances,
          migEnabled: migInstances.length > 0 ? true : null,
        }
      })
    return { gpus }
  },
}

/** `nvidia-smi -q -x`. The frame buffer is asked for by name: BAR1 and the MIG devices have totals of their own. */
export const nvidiaXml: Parser = {
  tool: 'nvidia-smi -q -x',
  recognises: text => text.includes('<nvidia_smi_log>'),
  parse(text) {
    const driver = capture(text, /<driver_version>(.*?)</)
    const cudaVersion = capture(text, /<cuda_version>(.*?)</)
    const gpus = text
      .split(/(?=<gpu id=")/)
      .slice(1)
      .map(block => ({ ...gpuOfXml(block), driver, cudaVersion }))
    return { gpus }
  },
}

function gpuOfXml(block: string): GpuSighting {
  const migPart = /<mig_devices>[\s\S]*?<\/mig_devices>/.exec(block)?.[0] ?? ''
  const card = block.replace(migPart, '')
  const memory = /<fb_memory_usage>([\s\S]*?)<\/fb_memory_usage>/.exec(card)?.[1] ?? ''
  const name = capture(card, /<product_name>(.*?)</)
  const mig = capture(card, /<current_mig>(.*?)</)
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(capture(card, /<pci_bus_id>(.*?)</) ?? capture(card, /<gpu id="(.*?)"/)),
    unified: isUnified(name) ? true : null,
    vramMiB: captureFigure(memory, /<total>(.*?)</),
    vramUsedMiB: captureFigure(memory, /<used>(.*?)</),
    vramFreeMiB: captureFigure(memory, /<free>(.*?)</),
    architecture: capture(card, /<product_architecture>(.*?)</),
    migEnabled: mig === null ? null : mig === 'Enabled',
    migInstances: [...migPart.matchAll(/<fb_memory_usage>[\s\S]*?<total>(\d+) MiB/g)].map((found, index) => ({
      profile: `MIG device ${index}`,
      memoryMiB: Number(found[1]),
    })),
  }
}

/** `nvidia-smi -q`: the same as text; a card's own sections are indented by four spaces, those of its MIG devices by eight. */
export const nvidiaDetails: Parser = {
  tool: 'nvidia-smi -q',
  recognises: text => text.includes('NVSMI LOG'),
  parse(text): Findings {
    const driver = capture(text, /^Driver Version\s*: (.*)$/m)
    const cudaVersion = capture(text, /^CUDA Version\s*: (.*)$/m)
    const gpus = text
      .split(/^(?=GPU [0-9A-F]{4,8}:)/m)
      .slice(1)
      .map(block => ({ ...gpuOfDetails(block), driver, cudaVersion }))
    return { gpus }
  },
}

function gpuOfDetails(block: string): GpuSighting {
  const memory = /^ {4}FB Memory Usage\s*\n((?: {8}.*\n?)+)/m.exec(block)?.[1] ?? ''
  const mig = capture(block, /^ {4}MIG Mode\s*\n\s+Current\s*: (.*)$/m)
  const name = capture(block, /^ {4}Product Name\s*: (.*)$/m)
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(capture(block, /^GPU (\S+)/)),
    unified: isUnified(name) ? true : null,
    vramMiB: captureFigure(memory, /Total\s*: (.*)/),
    vramUsedMiB: captureFigure(memory, /Used\s*: (.*)/),
    vramFreeMiB: captureFigure(memory, /Free\s*: (.*)/),
    architecture: capture(block, /^ {4}Product Architecture\s*: (.*)$/m),
    migEnabled: mig === null ? null : mig === 'Enabled',
    migInstances: [...block.matchAll(/Shared FB Memory Usage\s*\n\s+Total\s*: (\d+) MiB/g)].map((found, index) => ({
      profile: `MIG device ${index}`,
      memoryMiB: Number(found[1]),
    })),
  }
}

/** `tegrastats` of Jetson boards: only the memory, which CPU and GPU share; MB there means MiB. */
export const tegrastats: Parser = {
  tool: 'tegrastats',
  recognises: text => /\bRAM \d+\/\d+MB\b/.test(text),
  parse(text) {
    const found = /\bRAM (\d+)\/(\d+)MB/.exec(text)
    if (!found) return {}
    const total = Number(found[2])
    return { memory: { totalMiB: total, availableMiB: total - Number(found[1]) } }
  },
}
