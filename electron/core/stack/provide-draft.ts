import { Failure } from '../../contract/failure'
import type { StartRequest } from '../../contract/instance'
import type { LibraryModel } from '../../contract/model'
import type { Build } from '../../contract/runtime'
import type { JobControl } from '../lib/jobs.types'
import type { Runtime } from '../runtimes/runtime'
import { provideModel } from './provide-model'
import type { StackDeps } from './stack.types'

/** `note`: why a draft that was asked for is not used; null when it is, or when none was asked for. */
export type Drafting = { draft: LibraryModel | null; note: string | null }

/** Sizes of two vocabularies may differ by this much (SPEC_VOCAB_MAX_SIZE_DIFFERENCE, https://github.com/ggml-org/llama.cpp/blob/master/common/speculative.cpp). */
const vocabularyDifference = 128

type Input = { build: Build; model: LibraryModel; request: StartRequest; job: JobControl }

/** The draft model of a start. It only makes answers come faster, so where it cannot be had or used the start goes on without it. */
export async function provideDraft(deps: StackDeps, runtime: Runtime, { build, model, request, job }: Input): Promise<Drafting> {
  if (!request.draft) return { draft: null, note: null }
  const step = job.step('draft')
  const without = (why: string): Drafting => {
    step.skip(why)
    return { draft: null, note: `It runs without its draft model: ${why}` }
  }
  const refused = await refusalOf(deps, runtime, build)
  if (refused !== null) return without(refused)
  try {
    const draft = await provideModel(deps, job, { id: request.draft, step: 'draft' })
    const unlike = mismatch(model, draft)
    return unlike === null ? { draft, note: null } : without(unlike)
  } catch (error) {
    job.signal.throwIfAborted()
    if (error instanceof Failure) return without(error.message)
    throw error
  }
}

async function refusalOf(deps: StackDeps, runtime: Runtime, build: Build): Promise<string | null> {
  const { launch, title } = runtime
  if (!launch?.refusesDraft) return `${title} takes none from Roundhouse.`
  return launch.refusesDraft({ build, knownFlags: await deps.knownFlags(runtime, build) })
}

/** Why a model cannot guess for another; null when nothing is known against it. */
function mismatch(model: LibraryModel, draft: LibraryModel): string | null {
  if (model.id === draft.id) return 'a model cannot draft for itself.'
  const [words, others] = [model.facts?.shape?.vocabulary, draft.facts?.shape?.vocabulary]
  if (words === undefined || others === undefined || Math.abs(words - others) <= vocabularyDifference) return null
  return `${draft.title} has another vocabulary (${others} against ${words} words).`
}
