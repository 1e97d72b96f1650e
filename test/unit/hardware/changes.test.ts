import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../electron/contract/machine'
import { createChanges, machineFactSchema } from '../../../electron/core/hardware/changes'
import { readRecording } from '../../../electron/core/hardware/recording'
import { systemClock } from '../../../electron/core/lib/clock'
import { openStore } from '../../../electron/core/store/open-store'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineFolder } from '../../fixtures/machines/expect'

/** A machine seen on several days, each with the database opened anew. */
function days(run: (on: (day: string) => ReturnType<typeof createChanges>) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'changes-'))
  const stores: ReturnType<typeof openStore>[] = []
  try {
    run(day => {
      stores.splice(0).forEach(store => store.close())
      const store = openStore(join(folder, 'database'))
      stores.push(store)
      return createChanges({ facts: store.collection('machine-facts', machineFactSchema), clock: { ...systemClock, wall: () => day } })
    })
  } finally {
    stores.forEach(store => store.close())
    rmSync(folder, { recursive: true, force: true })
  }
}

const texts = (changes: ReturnType<typeof createChanges>) => changes.warnings().map(warning => warning.text)
const [monday, tuesday, friday] = ['2026-11-16T10:00:00.000Z', '2026-11-17T10:00:00.000Z', '2026-11-20T10:00:00.000Z']

describe('what has changed since the last detection', async () => {
  const machine: Machine = await readRecording(machineFolder('rtx3090x2-unequal'))
  const withDriver = (driver: string): Machine => ({ ...machine, gpus: machine.gpus.map(gpu => ({ ...gpu, driver })) })

  test('a driver that changed is said the next day, until dismissed', () => {
    days(on => {
      const first = on(monday)
      first.note(withDriver('550.54.14'))
      expect(first.warnings()).toEqual([])
      const next = on(tuesday)
      next.note(withDriver('570.86.15'))
      expect(texts(next)).toEqual(['The NVIDIA driver changed since yesterday: 550.54.14 -> 570.86.15.'])
      expect(() => next.dismiss('changed:nothing')).toThrow(/dismissed/)
      next.dismiss(next.warnings()[0]?.dismiss ?? '')
      expect(texts(on(tuesday))).toEqual([])
    })
  })

  test('memory that went, and a card that went and came back', () => {
    days(on => {
      on(monday).note(machine)
      const [first, second] = machine.gpus
      const poorer: Machine = {
        ...machine,
        memory: { ...machine.memory, totalMiB: 47_000 },
        gpus: machine.gpus.filter(gpu => gpu !== second && gpu !== first),
      }
      const later = on(friday)
      later.note(poorer)
      expect(texts(later).sort()).toEqual([
        'Memory went from 93 GB to 46 GB since 16 November.',
        'NVIDIA GeForce RTX 3090 is no longer there since 16 November: it was removed, or its driver no longer sees it.',
        'Quadro RTX 3000 is no longer there since 16 November: it was removed, or its driver no longer sees it.',
      ])
      later.note(machine)
      expect(texts(later)).toEqual([])
    })
  })

  test('a new card is named; a few MiB less are no change; a tool that hung takes no card away', () => {
    days(on => {
      on(monday).note({ ...machine, gpus: machine.gpus.slice(0, 1) })
      const next = on(tuesday)
      next.note({ ...machine, gpus: machine.gpus.slice(0, 2), memory: { ...machine.memory, totalMiB: 95_000 } })
      expect(texts(next)).toEqual(['NVIDIA GeForce RTX 3090 is new since earlier today.'])
      next.note({
        ...machine,
        gpus: [],
        probes: [{ probe: 'nvidia-smi', commandLine: 'nvidia-smi', exitCode: null, durationMs: 5000, outcome: 'timed-out' }],
      })
      expect(texts(next)).toEqual(['NVIDIA GeForce RTX 3090 is new since earlier today.'])
    })
  })

  test('after a week it is how the machine is', () => {
    days(on => {
      on(monday).note(withDriver('550.54.14'))
      on(tuesday).note(withDriver('570.86.15'))
      on(friday).note(withDriver('570.86.15'))
      expect(texts(on('2026-11-22T10:00:00.000Z'))).toHaveLength(1)
      expect(texts(on('2026-11-26T10:00:00.000Z'))).toEqual([])
    })
  })
})
