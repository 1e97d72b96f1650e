import { describe, expect, test } from 'vitest'
import { deviceName, findGpu, sizesOf, slowestSister } from '../../../electron/core/hardware/gpu-table'
import { nameRows } from './name-rows'

const amd = `
AMD Radeon RX 480 | 8192 | Radeon RX 480
AMD Radeon RX 560 | 4096 | Radeon RX 560
Radeon RX 580 Series | 8192 | Radeon RX 580
Radeon RX 5500 XT | 4096 | Radeon RX 5500 XT
AMD Radeon RX 5700 XT | 8176 | Radeon RX 5700 XT
AMD Radeon RX 6400 | 4080 | Radeon RX 6400
AMD Radeon RX 6600 XT | 8176 | Radeon RX 6600 XT
AMD Radeon RX 6700 XT | 12272 | Radeon RX 6700 XT
AMD Radeon RX 6750 GRE 12GB | 12272 | Radeon RX 6750 GRE 12 GB
AMD Radeon RX 6800S | 8176 | Radeon RX 6800S
AMD Radeon RX 6900 XT | 16368 | Radeon RX 6900 XT
AMD Radeon RX 6950 XT | 16368 | Radeon RX 6950 XT
AMD Radeon(TM) RX 7600 | 8176 | Radeon RX 7600
AMD Radeon RX 7600M XT | 8176 | Radeon RX 7600M XT
AMD Radeon RX 7700S | 8176 | Radeon RX 7700S
AMD Radeon RX 7800 XT | 16368 | Radeon RX 7800 XT
AMD Radeon RX 7900 GRE | 16368 | Radeon RX 7900 GRE
AMD Radeon RX 7900 XT | 20464 | Radeon RX 7900 XT
Radeon RX 7900 XTX | 24560 | Radeon RX 7900 XTX
AMD Radeon RX 9060 XT | 16304 | Radeon RX 9060 XT 16 GB
AMD Radeon RX 9070 XT | 16304 | Radeon RX 9070 XT
AMD Radeon AI PRO R9700 | 32624 | Radeon AI PRO R9700
AMD Radeon PRO W7900 Dual Slot | 49136 | Radeon PRO W7900
AMD Radeon Pro W6800 | 32752 | Radeon PRO W6800
Radeon Pro WX 7100 | 8192 | Radeon Pro WX 7100
Radeon Pro 560X | 4096 | Radeon Pro 560X
Radeon Pro Vega 64 | 16384 | Radeon Pro Vega 64
AMD Radeon VII | 16368 | Radeon VII
AMD Instinct MI100 | 32752 | Radeon Instinct MI100
AMD Instinct MI210 | 65520 | Radeon Instinct MI210
AMD Instinct MI250X/MI250 | 65520 | -
AMD Instinct MI300X | 196592 | Radeon Instinct MI300X
AMD Instinct MI300X OAM | 196592 | Radeon Instinct MI300X
AMD Instinct MI300X VF | 196592 | Radeon Instinct MI300X
AMD Instinct MI325X | 262128 | Radeon Instinct MI325X
AMD Instinct MI350X | 294896 | Radeon Instinct MI350X
Radeon 8060S Graphics | | Radeon 8060S
AMD Radeon(TM) 8060S Graphics | | Radeon 8060S
AMD Radeon 890M Graphics | | Radeon 890M
AMD Radeon Graphics | 512 | -
Navi 31 [Radeon RX 7900 XT/7900 XTX/7900M] | 24560 | Radeon RX 7900 XTX
Navi 21 [Radeon RX 6800/6800 XT / 6900 XT] | 16368 | -
Vega 10 XL/XT [Radeon RX Vega 56/64] | 8176 | -
Navi 48 [Radeon RX 9070/9070 XT/9070 GRE] | 16304 | -`

const intel = `
Intel(R) Arc(TM) A310 Graphics | 4096 | Arc A310
Intel(R) Arc(TM) A380 Graphics | 6064 | Arc A380
Intel(R) Arc(TM) A750 Graphics | 8096 | Arc A750
Intel(R) Arc(TM) A770 Graphics | 16288 | Arc A770
Intel(R) Arc(TM) A770M Graphics | 16288 | Arc A770M
Intel(R) Arc(TM) B570 Graphics | 10160 | Arc B570
Intel(R) Arc(TM) B580 Graphics | 12216 | Arc B580
Intel(R) Arc(TM) Pro B50 Graphics | 16304 | Arc Pro B50
Intel(R) Arc(TM) Pro B60 Graphics | 24480 | Arc Pro B60
Intel(R) Arc(TM) Pro B60 Graphics | 21414 | -
DG2 [Arc A770] | | Arc A770
Battlemage G21 [Arc B580] | | Arc B580
Intel(R) Data Center GPU Flex 170 | 16288 | Data Center Flex 170
Intel(R) Data Center GPU Max 1550 | 131072 | Data Center Max 1550
Intel(R) Arc(TM) 140V GPU (16GB) | | -
Intel(R) Arc(TM) B390 GPU | | -
Intel(R) UHD Graphics 770 | | -
Intel(R) Iris(R) Xe Graphics | | -`

describe.each([
  ['amd', amd],
  ['intel', intel],
] as const)('names of %s', (vendor, table) => {
  test.each(nameRows(table))('$name with $vramMiB MiB is $entry', ({ name, vramMiB, entry }) => {
    expect(findGpu({ vendor, name, vramMiB })?.name ?? null).toBe(entry)
  })
})

describe('where the name or the memory leaves it open', () => {
  test.each([
    ['nvidia', 'NVIDIA GeForce RTX 4090', 49_140, 1010, '8.9'],
    ['nvidia', 'NVIDIA GeForce RTX 2080 Ti', 22_528, 616, '7.5'],
    ['nvidia', 'GeForce GTX 960M', 2002, 80.19, '5.0'],
    ['nvidia', 'TU117M [GeForce GTX 1650 Mobile / Max-Q]', 4096, 112.1, '7.5'],
    ['amd', 'AMD Radeon RX 570', 8192, 224, null],
    ['amd', 'Navi 48 [Radeon RX 9070/9070 XT/9070 GRE]', 16_304, 576, null],
    ['amd', 'AMD Instinct MI250X/MI250', 65_520, 3280, null],
    ['amd', 'Strix Halo [Radeon Graphics / Radeon 8050S Graphics / Radeon 8060S Graphics]', null, 256, null],
    ['nvidia', 'NVIDIA GeForce GTX 1050', 4040, null, null],
  ] as const)('%s %s with %s MiB has at least %s GB/s', (...[vendor, name, vramMiB, GBps, capability]) => {
    const sister = slowestSister({ vendor, name, vramMiB })
    expect(sister?.bandwidthGBps ?? null).toBe(GBps)
    if (capability !== null) expect(sister?.computeCapability).toBe(capability)
  })

  test('a model that is sold with several amounts of memory has the smallest while none is told', () => {
    expect(sizesOf({ vendor: 'nvidia', name: 'NVIDIA GeForce RTX 4060 Ti', vramMiB: null })).toEqual([8, 16])
    expect(sizesOf({ vendor: 'nvidia', name: 'NVIDIA GeForce RTX 4090', vramMiB: null })).toEqual([24])
  })

  test.each([
    ['10de:1c8d', 'GeForce GTX 1050 Mobile'],
    ['10de:13c2', 'GeForce GTX 970'],
    ['1002:67ef', 'Baffin [Radeon RX 460/560D / Pro 450/455/460/555/555X/560/560X]'],
    ['8086:9bc4', 'UHD Graphics'],
    ['10de:ffff', null],
    [null, null],
  ])('the number %s is the %s', (pciId, name) => {
    expect(deviceName(pciId)).toBe(name)
  })
})
