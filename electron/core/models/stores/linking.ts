import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { Failure } from '../../../contract/failure'
import type { Linked, LinkPreview, StoredModel } from '../../../contract/model-store'
import type { JobControl } from '../../lib/jobs.types'
import { hashFilesTask } from '../tasks'
import { placeLinks, replaceByLinks, undoLinks, type LinkWatch } from './link-files'
import { previewLink, type Known, type LinkWish } from './link-plan'
import type { Scanner } from './scanner'
import { previewShare } from './share-plan'
import type { Stores, StoresDependencies } from './stores.types'

type Linking = Pick<Stores, 'preview' | 'link' | 'previewShare' | 'share' | 'undo'>

/** Links in place of copies, each shown before it is made and kept so that it can be undone. `known` is what the stores hold now. */
export function createLinking(dependencies: StoresDependencies, scanner: Scanner, known: () => Known): Linking {
  const { background, clock, jobs, library, links } = dependencies
  const watchOf = (job: JobControl): LinkWatch => ({
    signal: job.signal,
    onProgress: (done, total) => job.step('link').progress(done, total),
    hash: (path, signal) => background.run(hashFilesTask, { paths: [path] }, { timeoutMs: 3_600_000, signal }),
  })
  const keep = (linked: Omit<Linked, 'id' | 'at'>) => {
    const id = randomUUID()
    if (linked.files.length > 0) links.set(id, { ...linked, id, at: clock.wall() })
  }
  const work = (title: string, perform: (job: JobControl) => Promise<void>) => {
    const steps = [{ id: 'link', title: 'Compare and link' }]
    const job = jobs.run({ kind: 'import', title, steps }, control => perform(control).then(() => null))
    void jobs.finished(job.id).then(() => scanner.scan({ hash: false }))
    return job
  }
  const preview = (wish: LinkWish) => previewLink(wish, known())
  const sharing = (wish: { model: string; store: string }) => {
    const model = library.byId(wish.model)
    if (!model) throw new Failure('not-found', `There is no model ${wish.model} in the library`)
    return previewShare(model, scanner.places().find(({ id }) => id === wish.store) ?? null)
  }

  /** Our copy goes only after it was compared, and after the library points to the other file. */
  const reference = async (job: JobControl, plan: LinkPreview, wish: LinkWish) => {
    const find = (id: string | undefined): StoredModel | undefined => known().models.find(model => model.id === id)
    const [ours, theirs] = [find(wish.replace[0]), find(wish.keep)]
    if (!ours?.libraryId || !theirs) throw new Failure('not-found', 'The stores have changed: look again')
    const { hash } = watchOf(job)
    const files: Linked['files'] = []
    for (const { path, keeper, bytes } of plan.steps) {
      const [own, other] = [await hash(path, job.signal), await hash(keeper, job.signal)]
      if (own.sha256 !== other.sha256) throw new Failure('hash-mismatch', 'The files do not have the same content any more; both stay')
      files.push({ path, keeper, bytes, sha256: own.sha256 })
    }
    await library.relocate(ours.libraryId, theirs.path, 'imported')
    keep({ kind: 'referenced', name: plan.name, savedBytes: plan.savedBytes, files, library: { id: ours.libraryId, path: ours.path } })
    for (const { path } of files) await rm(path)
  }

  return {
    preview,
    link(wish) {
      const plan = allowed(preview(wish))
      return work(`One place for ${plan.name}`, async job => {
        if (plan.kind === 'referenced') return reference(job, plan, wish)
        const files = await replaceByLinks(plan, watchOf(job))
        keep({ kind: 'replaced', name: plan.name, savedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files, library: null })
      })
    },
    previewShare: async wish => sharing(wish),
    async share(wish) {
      const plan = allowed(await sharing(wish))
      return work(`${plan.name} for ${plan.steps[0]?.owner ?? wish.store}`, async job => {
        const files = await placeLinks(plan, watchOf(job))
        keep({ kind: 'placed', name: plan.name, savedBytes: plan.savedBytes, files, library: null })
      })
    },
    undo(id) {
      const linked = links.get(id)
      if (!linked) throw new Failure('not-found', 'There is no such link')
      return work(`${linked.name} as it was`, async job => {
        await undoLinks(linked, watchOf(job))
        if (linked.library) await library.relocate(linked.library.id, linked.library.path, 'downloaded')
        links.remove(id)
      })
    },
  }
}

function allowed(plan: LinkPreview): LinkPreview {
  if (plan.why !== null) throw new Failure('bad-input', plan.why)
  return plan
}
