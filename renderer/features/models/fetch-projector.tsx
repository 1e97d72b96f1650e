import Image from 'lucide-react/icons/image-down'
import { client } from '../../client/client'
import { Button } from '../../ui/button'
import { useModels } from '../shared/models.store'
import { act } from '../shared/notice.store'

/** Fetches what a vision model lacks for reading images; while it comes, says so. */
export function FetchProjector({ model, name }: { model: string; name: string }) {
  const state = useModels(store => store.models?.transfers?.find(each => each.id === `${model}#projector`)?.state)
  return (
    <Button
      size="low"
      icon={Image}
      disabled={state === 'running'}
      aria-label={`Fetch what reads images for ${name}`}
      onClick={() => void act(`What reads images for ${name} could not be fetched`, () => client.models.fetchProjector({ id: model }))}
    >
      {state === 'running' ? 'Coming' : 'Images'}
    </Button>
  )
}
