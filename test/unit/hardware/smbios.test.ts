import { describe, expect, test } from 'vitest'
import { parseMachine } from '../../../electron/core/hardware/parse-machine'
import { memoryDevicesOf } from '../../../electron/core/hardware/parsers/smbios'

type Module = {
  size: number
  further?: number
  width?: number
  kind?: number
  speed?: number
  configured?: number
  place?: string
  bank?: string
}

/** A structure of type 17 as firmware of version 3.3 writes it, 92 bytes and two strings. */
function device({
  size,
  further = 0,
  width = 64,
  kind = 34,
  speed = 5600,
  configured = 5200,
  place = 'DIMM 0',
  bank = '',
}: Module): Buffer {
  const bytes = Buffer.alloc(92)
  bytes.set([17, 92])
  bytes.writeUInt16LE(width, 0x0a)
  bytes.writeUInt16LE(size, 0x0c)
  bytes.set([1, 2, kind], 0x10)
  bytes.writeUInt16LE(Math.min(speed, 0xffff), 0x15)
  bytes.writeUInt32LE(further, 0x1c)
  bytes.writeUInt16LE(Math.min(configured, 0xffff), 0x20)
  bytes.writeUInt32LE(configured, 0x58)
  return Buffer.concat([bytes, Buffer.from(`${place}\0${bank || 'BANK 0'}\0\0`, 'latin1')])
}

/** A structure without strings, as tables are full of. */
const other = Buffer.concat([Buffer.from([16, 15]), Buffer.alloc(13), Buffer.from('\0\0')])
const end = Buffer.from([127, 4, 0, 0, 0, 0])

function memoryOf(...parts: readonly Buffer[]) {
  const text = memoryDevicesOf(Buffer.concat(parts))
  const run = { probe: 'dmi', commandLine: 'dmi', exitCode: 0, durationMs: 1, outcome: 'read' as const }
  const machine = parseMachine([{ fileName: 'dmi-memory.txt', text, run }], { platform: null, detectedAt: null })
  return { ...machine.memory, origin: machine.origins['memory.type']?.from }
}

describe("the firmware's table of memory", () => {
  test('two channels of one module each, the configured speed counting', () => {
    const modules = [device({ size: 16_384, bank: 'P0 CHANNEL A' }), device({ size: 16_384, bank: 'P0 CHANNEL B' })]
    expect(memoryOf(other, ...modules, other, end)).toMatchObject({
      type: 'DDR5',
      channels: 2,
      speedMTps: 5200,
      bandwidthGBps: 83.2,
      origin: '/sys/firmware/dmi/tables/DMI',
    })
  })

  test('empty sockets, sizes beyond 32 GiB and speeds beyond 16 bits', () => {
    const large = device({ size: 0x7fff, further: 65_536, configured: 70_000, bank: 'P0 CHANNEL A' })
    expect(memoryOf(device({ size: 0, bank: 'P0 CHANNEL C' }), large, end)).toMatchObject({ channels: 1, speedMTps: 70_000 })
    expect(memoryDevicesOf(Buffer.concat([large, end]))).toContain('Size: 65536 MB')
  })

  test('soldered chips are narrower', () => {
    const chips = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map(letter =>
      device({ size: 16_384, width: 32, kind: 35, configured: 8000, bank: `P0 CHANNEL ${letter}` }),
    )
    expect(memoryOf(...chips, end)).toMatchObject({ type: 'LPDDR5', channels: 8, bandwidthGBps: 256 })
  })

  test('a table that is empty, cut off, or none at all says nothing wrong', () => {
    expect(memoryDevicesOf(Buffer.alloc(0))).toBe('')
    expect(memoryDevicesOf(end)).toBe('')
    expect(memoryDevicesOf(Buffer.from('not a table of firmware'))).toBe('')
    const whole = Buffer.concat([device({ size: 16_384 }), device({ size: 16_384 })])
    for (let length = 0; length < whole.length; length++) expect(() => memoryDevicesOf(whole.subarray(0, length))).not.toThrow()
  })
})
