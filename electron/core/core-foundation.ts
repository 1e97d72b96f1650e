import { jobSchema } from '../contract/job'
import { settingsSchema } from '../contract/settings'
import { createFirstStart } from './first-start'
import { createBackground } from './lib/background'
import { systemClock } from './lib/clock'
import type { Home } from './lib/home'
import { createJobs } from './lib/jobs'
import { createReport } from './lib/report'
import { createSettings } from './settings'
import { createMeasurements } from './store/measurements'
import { openStore } from './store/open-store'

/** What every other service stands on: clock, store and what is kept in it, jobs, the worker, the report of surprises. */
export function createFoundation({ home, workerFile }: { home: Home; workerFile: string }) {
  const clock = systemClock
  const store = openStore(home.database, clock)
  const report = createReport(home.logs, clock)
  const measurements = createMeasurements(store)
  const jobs = createJobs({ clock, report, collection: store.collection('jobs', jobSchema) })
  return {
    ...{ clock, store, measurements, jobs, report },
    settings: createSettings(store.collection('settings', settingsSchema)),
    background: createBackground(workerFile),
    firstStart: createFirstStart({ store, jobs, measurements, report }),
  }
}
export type Foundation = ReturnType<typeof createFoundation>
