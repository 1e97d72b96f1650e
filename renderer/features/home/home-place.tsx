import { Route, Switch } from 'wouter'
import { HomeView } from './home-view'
import { StartView } from './start-view'

/** Home, and under it the sequence of a start. */
export function HomePlace() {
  return (
    <Switch>
      <Route path="/start/:job">{({ job }) => <StartView key={job} jobId={job} />}</Route>
      <Route>
        <HomeView />
      </Route>
    </Switch>
  )
}
