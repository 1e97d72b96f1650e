import type { Findings, GpuSighting, Parser } from '../hardware.types'
import { capture, captureFigure, figure, normaliseBusId } from '../text'
import { pciIdOf } from './nvidia-csv'
import { isUnified } from './nvidia-table'
import { held, linkOf } from './nvidia-common'

/** Drivers from 610 on call it KMD version and keep the old line with a remark behind it. */
const driverLine = /(?:KMD|Driver) Version\s*: (\d[\d.]*)/
const cudaLine = /CUDA (?:UMD )?Version\s*: (\d+\.\d+)/

/** `nvidia-smi -q -x`. The frame buffer is asked for by name: BAR1 and the MIG devices have totals of their own. */
export const nvidiaXml: Parser = {
  tool: 'nvidia-smi -q -x',
  recognises: text => text.includes('<nvidia_smi_log>'),
  parse(text) {
    const driver = capture(text, /<(?:kmd|driver)_version>\s*(\d[\d.]*)/)
    const cudaVersion = capture(text, /<cuda_(?:umd_)?version>\s*(\d+\.\d+)/)
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
  const power = /<(?:gpu_)?power_readings>([\s\S]*?)<\/(?:gpu_)?power_readings>/.exec(card)?.[1] ?? ''
  const of = (element: string, within = card) => capture(within, new RegExp(`<${element}>(.*?)<`))
  const name = of('product_name')
  const mig = of('current_mig')
  const display = of('display_active')
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(of('pci_bus_id') ?? capture(card, /<gpu id="(.*?)"/)),
    pciId: pciIdOf(of('pci_device_id')),
    unified: isUnified(name) ? true : null,
    vramMiB: figure(of('total', memory)),
    vramUsedMiB: figure(of('used', memory)),
    vramFreeMiB: figure(of('free', memory)),
    architecture: of('product_architecture'),
    migEnabled: mig === null ? null : mig === 'Enabled',
    migInstances: [...migPart.matchAll(/<fb_memory_usage>[\s\S]*?<total>(\d+) MiB/g)].map((found, index) => ({
      profile: `MIG device ${index}`,
      memoryMiB: Number(found[1]),
    })),
    pcie: linkOf({
      generation: figure(of('current_link_gen')),
      width: figure(of('current_link_width')),
      maxGeneration: figure(of('max_link_gen')),
      maxWidth: figure(of('max_link_width')),
    }),
    powerLimitW: figure(of('current_power_limit', power) ?? of('power_limit', power)),
    powerMaxW: figure(of('max_power_limit', power)),
    drivesDisplay: display === null ? null : display === 'Enabled',
    ...(/<processes>/.test(card)
      ? {
          heldBy: held(
            [...card.matchAll(/<process_info>([\s\S]*?)<\/process_info>/g)].map(found => ({
              name: of('process_name', found[1]),
              memoryMiB: figure(of('used_memory', found[1])),
            })),
          ),
        }
      : {}),
  }
}

/** `nvidia-smi -q`: the same as text; a card's own sections are indented by four spaces, those of its MIG devices by eight. */
export const nvidiaDetails: Parser = {
  tool: 'nvidia-smi -q',
  recognises: text => text.includes('NVSMI LOG') || /^GPU [0-9A-F]{4,8}:[0-9A-F]{2}:\d\d\.\d\s*\n\s+Product Name\s*:/m.test(text),
  parse(text): Findings {
    const driver = capture(text, driverLine)
    const cudaVersion = capture(text, cudaLine)
    const gpus = text
      .split(/^(?=GPU [0-9A-F]{4,8}:)/m)
      .slice(1)
      .map(block => ({ ...gpuOfDetails(block), driver, cudaVersion }))
    return { gpus }
  },
}

function gpuOfDetails(block: string): GpuSighting {
  const memory = /^ {4}FB Memory Usage\s*\n((?: {8}.*\n?)+)/m.exec(block)?.[1] ?? ''
  const link = /GPU Link Info\s*\n([\s\S]*?)Bridge Chip/.exec(block)?.[1] ?? ''
  const [generations = '', widths = ''] = link.split(/Link Width\s*\n/)
  const mig = capture(block, /^ {4}MIG Mode\s*\n\s+Current\s*: (.*)$/m)
  const name = capture(block, /^ {4}Product Name\s*: (.*)$/m)
  const display = capture(block, /^ {4}Display Active\s*: (.*)$/m)
  const programs = /^ {4}Processes\s*(?:: None|\n([\s\S]*))/m.exec(block)
  return {
    vendor: 'nvidia',
    name,
    busId: normaliseBusId(capture(block, /^GPU (\S+)/)),
    pciId: pciIdOf(capture(block, /^ +Device Id\s*: (0x[0-9A-F]{8})/m)),
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
    pcie: linkOf({
      generation: captureFigure(generations, /^\s+Current\s*: (\d+)/m),
      width: captureFigure(widths, /^\s+Current\s*: (\d+)/m),
      maxGeneration: captureFigure(generations, /^\s+Max\s*: (\d+)/m),
      maxWidth: captureFigure(widths, /^\s+Max\s*: (\d+)/m),
    }),
    powerLimitW: captureFigure(block, /^\s+(?:Current )?Power Limit\s*: ([\d.]+) W/m),
    powerMaxW: captureFigure(block, /^\s+Max Power Limit\s*: ([\d.]+) W/m),
    drivesDisplay: display === null ? null : display === 'Enabled',
    ...(programs ? { heldBy: held(programsOf(programs[1] ?? '')) } : {}),
  }
}

const programsOf = (text: string) =>
  text
    .split(/^\s+Process ID\s*:/m)
    .slice(1)
    .map(block => ({ name: capture(block, /^\s+Name\s*: (.*)$/m), memoryMiB: captureFigure(block, /Used GPU Memory\s*: (\d+) MiB/) }))
