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
      <Route path="/compare/new/:instance">{({ instance }) => <CompareView key={instance} id={draftId} instance={instance} />}</Route>
      <Route path="/compare/:id">{({ id }) => <CompareView id={id} />}</Route>
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
