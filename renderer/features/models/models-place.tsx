import { Route, Switch } from 'wouter'
import { useModels } from '../shared/models.store'
import { DownloadsView } from './downloads-view'
import { HubRepositoryView } from './hub-repository-view'
import { HubView } from './hub-view'
import { LibraryView } from './library-view'
import { ModelsTabs } from './models-tabs'
import { StoresView } from './stores-view'

/** Models: the library, the hub, what is coming, and what other programs keep here. */
export function ModelsPlace() {
  const transfers = useModels(store => store.models?.transfers)
  return (
    <>
      <ModelsTabs downloads={transfers?.length ?? 0} />
      <Switch>
        <Route path="/models/hub/:org/:name">{({ org, name }) => <HubRepositoryView key={`${org}/${name}`} id={`${org}/${name}`} />}</Route>
        <Route path="/models/hub">
          <HubView />
        </Route>
        <Route path="/models/downloads">
          <DownloadsView />
        </Route>
        <Route path="/models/stores">
          <StoresView />
        </Route>
        <Route>
          <LibraryView />
        </Route>
      </Switch>
    </>
  )
}
