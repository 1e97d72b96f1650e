import { parentPort, workerData } from 'node:worker_threads'
import { reportOf } from './contract/failure'
import { readBandwidth } from './core/hardware/bandwidth-task'
import { readSystem } from './core/hardware/system-task'
import type { WorkerMessage } from './core/lib/background'
import { recordFiles, verifyFiles } from './core/install/record-files'
import { placeProgram } from './core/install/place-program'
import { unpackArchive } from './core/install/unpack'
import { copyWhole } from './core/models/copy-file'
import { hashFiles } from './core/models/hash-files'
import { readProjector } from './core/models/gguf/read-projector'
import { readModel } from './core/models/read-model'
import { listFolder } from './core/models/stores/list-folder'
import { unpackWheels } from './core/models/unpack-wheels'

/** What a task is given: its input, and where to tell its progress. */
export type TaskFunction = (input: never, report: (progress: unknown) => void) => unknown

/** Work kept off the host's loop: reading systems, hashing, unpacking, parsing files. One line per task. */
const tasks: Readonly<Record<string, TaskFunction>> = {
  'install.place': placeProgram,
  'install.record': recordFiles,
  'install.unpack': unpackArchive,
  'install.verify': verifyFiles,
  'hardware.system': readSystem,
  'hardware.bandwidth': readBandwidth,
  'models.read': readModel,
  'models.projector': readProjector,
  'models.hash': hashFiles,
  'models.list': listFolder,
  'models.copy': copyWhole,
  'models.unpack': unpackWheels,
}

const { task, input } = workerData as { task: string; input: never }
const tell = (message: WorkerMessage) => parentPort?.postMessage(message)

try {
  const run = tasks[task]
  if (!run) throw new Error(`There is no task named ${task}`)
  const output = await run(input, progress => tell({ type: 'progress', progress }))
  tell({ type: 'done', output })
} catch (error) {
  tell({ type: 'failed', failure: reportOf(error) })
}
