import type { Pane } from '../../../electron/contract/compare'
import type { LibraryModel } from '../../../electron/contract/model'
import type { RuntimeSummary } from '../../../electron/contract/runtime'
import { libraryName } from '../shared/model-words'
import { otherBuildFor, startablesOf, type Target } from './targets'

/** Something that would be useful beside the panes: a target that runs, or a start that gives one. */
export type Helper = { label: string; title: string } & (
  { kind: 'place'; target: Target } | { kind: 'start'; model: string; build: string | null }
)

interface Given {
  panes: readonly Pane[]
  targets: readonly Target[]
  runtimes: readonly RuntimeSummary[]
  library: readonly LibraryModel[]
}

/** The same model elsewhere, and another model; what runs already comes before what would have to be started. */
export function helpersFor(given: Given): Helper[] {
  const { panes, targets } = given
  const shown = targets.find(target => panes.some(pane => pane.route === target.route))
  if (!shown) return []
  const unused = targets.filter(target => target.ready && panes.every(pane => pane.route !== target.route))
  return [sameModel(given, shown, unused), otherModel(given, shown, unused)].filter(helper => helper !== null)
}

function sameModel({ targets, runtimes }: Given, shown: Target, unused: readonly Target[]): Helper | null {
  const { model, modelTitle } = shown.instance
  const target = unused.find(each => each.instance.model === model)
  if (target) return { kind: 'place', target, label: `same model on ${target.instance.buildTitle}`, title: 'It runs already.' }
  const build = otherBuildFor(model, targets, runtimes)
  if (!build) return null
  return { kind: 'start', model, build: build.id, label: `same model on ${build.title}`, title: `Starts ${modelTitle} on ${build.title}` }
}

function otherModel({ targets, library }: Given, shown: Target, unused: readonly Target[]): Helper | null {
  const target = unused.find(each => each.instance.model !== shown.instance.model)
  if (target) return { kind: 'place', target, label: target.instance.modelTitle, title: `It runs on ${target.instance.buildTitle}.` }
  const model = startablesOf(library, targets).find(each => !each.model.engineTest)?.model
  if (!model) return null
  const name = libraryName(model)
  return { kind: 'start', model: model.id, build: null, label: name, title: `Starts ${name} with the best runtime that is here` }
}
