import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../electron/core/lib/clock'
import { createReport } from '../../../electron/core/lib/report'
import { raiseOnFaults } from '../../../electron/transport/signals'

/** Its stderr is on a full disk: a fault is reported and something is said all the same. */
const report = createReport('/nowhere/that/is/there', systemClock)
raiseOnFaults(report, () => Promise.resolve())
report(new Error('a fault nobody caught'))
process.stderr.write('a remark\n')
await sleep(100)
console.log('alive')
