import { expect, test } from 'vitest'
import { systemClock } from '../../../electron/core/lib/clock'
import { createLedger, type RunRow } from '../../../electron/core/supervisor/ledger'
import { collectionInMemory } from '../../integration/supervisor/harness'

const row = { runId: 'r1', instance: 'one', port: 8101, startTime: null, startedAt: '', bootId: null }

test('on Windows the next start says what may be left, and ends nothing', async () => {
  const rows = collectionInMemory<RunRow>()
  // A process that surely lives: this one. It must still live afterwards.
  rows.set('r1', { ...row, executable: 'C:\\Programs\\Ollama\\ollama.exe', pid: process.pid, group: process.pid })
  rows.set('r2', { ...row, runId: 'r2', executable: 'C:\\x.exe', pid: null, group: null })
  const ledger = createLedger({ rows, installId: 'nobody-has-this-id', clock: systemClock, platform: 'win32' })
  expect(await ledger.sweep()).toEqual([
    expect.stringMatching(/ollama\.exe ran\. Windows ended that with it, but not .*port 8101 .*Task Manager/),
  ])
  expect(rows.all()).toEqual([])
})
