import { useLocation } from 'wouter'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { useModels } from '../shared/models.store'
import { act } from '../shared/notice.store'

/** Nothing runs and nothing was compared: what this place is for, and what would fill it. */
export function CompareEmpty() {
  const [, navigate] = useLocation()
  const test = useModels(store => store.models?.library.find(model => model.engineTest && model.state === 'ready'))
  async function startTest(model: string) {
    const job = await act('The engine test could not be started', async () =>
      client.instances.start(await client.instances.choose({ model, runtime: null, contextTokens: null })),
    )
    if (job) navigate(`/start/${job.id}`)
  }
  return (
    <EmptyState
      action={
        <p className="flex flex-wrap gap-2">
          <Button tone="go" onClick={() => navigate('/')}>
            See what is recommended
          </Button>
          {test && <Button onClick={() => void startTest(test.id)}>Start the engine test</Button>}
        </p>
      }
    >
      Compare sends one prompt to up to eight models or runtimes and shows their answers side by side, with what each of them took. Nothing
      runs yet: start the recommended stack on Home{test ? ', or the engine test that is here already.' : '.'}
    </EmptyState>
  )
}
