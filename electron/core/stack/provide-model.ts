import { Failure } from '../../contract/failure'
import type { LibraryModel } from '../../contract/model'
import type { JobControl } from '../lib/jobs.types'
import { keptOfFile } from '../lib/kept'
import type { StackDeps, TransferOptions } from './stack.types'

/**
 * The file of a library or catalogue id, looked at and fetched where it is not here; the step `step` of the job tells.
 * @throws Failure `not-found`, `model-missing`, `model-damaged`, or why it could not be fetched.
 */
export async function provideModel(deps: StackDeps, job: JobControl, named: { id: string; step: string }): Promise<LibraryModel> {
  const step = job.step(named.step)
  step.start('the file is looked at')
  const known = deps.library.resolve(named.id)
  // A file may have been cut or taken away since it was last looked at.
  if (known) await deps.library.verify(known.id)
  const here = known && deps.library.byId(known.id)
  if (here?.state === 'ready') {
    step.skip(`${here.title} is here`)
    return here
  }
  if (here && here.origin !== 'downloaded') {
    throw new Failure(here.state === 'missing' ? 'model-missing' : 'model-damaged', here.why ?? `${here.path} is not what it was.`)
  }
  if (!deps.knows(named.id)) throw new Failure('not-found', `There is no model named ${named.id}, here or in the catalogue.`)
  step.start(named.id)
  let came: Parameters<typeof keptOfFile> = [0, null]
  const onProgress: TransferOptions['onProgress'] = ({ done, total }) => {
    came = [done, total]
    step.progress(done, total, 'bytes')
  }
  const model = await deps.fetchModel(named.id, { signal: job.signal, onProgress }).catch((error: unknown) => {
    if (job.signal.aborted) step.detail(keptOfFile(...came))
    throw error
  })
  step.done(`${Math.ceil(model.bytes / 1e6)} MB, checked`)
  return model
}
