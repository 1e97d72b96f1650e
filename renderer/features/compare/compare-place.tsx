import { useEffect } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { CompareView } from './compare-view'
import { loadComparisons, useComparisons } from './comparisons.store'
import { draftId } from './compare.store'

/**
 * Compare: `#/compare` is the newest comparison or a new one, `#/compare/new` a new one, `#/compare/new/INSTANCE` one that asks
 * only that instance, `#/compare/ID` an earlier one.
 */
export function ComparePlace() {
  useEffect(() => void loadComparisons(), [])
  return (
    <Switch>
      {/* One route for all, so that the focus stays in the prompt when a new comparison becomes a stored one. */}
      <Route path="/compare/:id/:instance?">{({ id, instance }) => <CompareView id={id} instance={instance ?? null} />}</Route>
      <Route>
        <Newest />
      </Route>
    </Switch>
  )
}

function Newest() {
  const { list, failure } = useComparisons()
  if (!list && !failure) return null
  return <Redirect to={`/compare/${list?.[0]?.id ?? draftId}`} replace />
}
