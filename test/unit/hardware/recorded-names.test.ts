import { expect, test } from 'vitest'
import { probes } from '../../../electron/core/hardware/probes'
import { lspci } from '../../../electron/core/hardware/parsers/lspci'
import { withoutIdentity } from '../../../electron/core/hardware/redact'

test('a recording has the file names that others are told to expect', () => {
  const names = new Set(probes.map(each => each.fileName))
  const told = ['nvidia-smi.txt', 'nvidia-smi-q-x.xml', 'rocm-smi.json', 'lspci-v.txt', 'proc-cpuinfo.txt']
  expect(told.filter(name => !names.has(name))).toEqual([])
  expect(probes.find(each => each.fileName === 'lspci-v.txt')).toMatchObject({ kind: 'tool', file: 'lspci', args: ['-v', '-nn'] })
})

test('what lspci -v adds is read past, and its serial numbers are struck out', () => {
  const text = [
    '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684] (rev a1) (prog-if 00 [VGA controller])',
    '\tFlags: bus master, fast devsel, latency 0, IRQ 138, IOMMU group 12',
    '\tMemory at fa000000 (32-bit, non-prefetchable) [size=16M]',
    '\tCapabilities: [258] Device Serial Number 12-34-56-78-9a-bc-de-f0',
    '\tKernel driver in use: nvidia',
  ].join('\n')
  const redacted = withoutIdentity(text)
  expect(redacted).not.toContain('9a-bc')
  expect(lspci.recognises(redacted, 'lspci-v.txt')).toBe(true)
  const { gpus } = lspci.parse(redacted, 'lspci-v.txt')
  expect(gpus).toMatchObject([{ vendor: 'nvidia', name: 'NVIDIA GeForce RTX 4090', pciId: '10de:2684', kernelDriver: 'nvidia' }])
})
