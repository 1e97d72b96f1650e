import PlugZap from 'lucide-react/icons/plug-zap'
import { useMemo, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import type { Instance } from '../../../electron/contract/instance'
import { Button } from '../../ui/button'
import { EmptyState } from '../../ui/empty-state'
import { AutopsyCard, autopsyOf } from '../shared/autopsy-card'
import { useCommands, type Command } from '../shared/commands'
import { useGateway } from '../shared/gateway.store'
import { useInstances } from '../shared/instances.store'
import { useSystem } from '../shared/system.store'
import { useTitle } from '../shared/title.store'
import { AttachDialog } from './attach-dialog'
import { InstanceDetails, InstanceFacts } from './instance-details'
import { ProcessTree } from './process-tree'
import { summaryOf, treeRows } from './tree-rows'
import './running.css'

/** Running: every process as a tree, and under it the chosen one with its log and, where it failed, why. */
export function RunningPlace() {
  const [, parameters] = useRoute('/running/:id')
  const instances = useInstances(store => store.instances)
  const system = useSystem(store => store.system)
  const gateway = useGateway(store => store.gateway)
  const [attaching, setAttaching] = useState(false)
  useTitle('Running', instances ? summaryOf(instances) : null)
  const commands = useMemo(
    (): Command[] => [
      { id: 'running.attach', title: 'Attach a running server', group: 'Running', icon: PlugZap, run: () => setAttaching(true) },
    ],
    [],
  )
  useCommands('running', commands)
  if (!instances) return null
  const selected = instances.find(each => each.id === parameters?.id) ?? firstOf(instances)
  return (
    <div className="running">
      <ProcessTree rows={treeRows(system, gateway, instances)} selected={selected?.id ?? null} />
      {selected ? <Selected instance={selected} onAttach={() => setAttaching(true)} /> : <Nothing onAttach={() => setAttaching(true)} />}
      {attaching && <AttachDialog onClose={() => setAttaching(false)} />}
    </div>
  )
}

/** What is looked at first: one that failed, else the newest that runs. */
function firstOf(instances: readonly Instance[]): Instance | undefined {
  return instances.find(each => each.state.kind === 'failed') ?? instances.findLast(each => each.state.kind === 'ready') ?? instances.at(-1)
}

function Selected({ instance, onAttach }: { instance: Instance; onAttach: () => void }) {
  const autopsy = autopsyOf(instance)
  return (
    <div className="running-details">
      <InstanceDetails key={instance.id} instance={instance} />
      <aside aria-label={`About ${instance.id}`} className="running-aside border-l border-line">
        <div className="flex min-h-10 items-center justify-end border-b border-line px-4 py-1">
          <Button tone="quiet" size="low" icon={PlugZap} onClick={onAttach}>
            Attach a running server
          </Button>
        </div>
        {autopsy && (
          <div className="p-4 pb-0">
            <AutopsyCard instance={instance} autopsy={autopsy} />
          </div>
        )}
        {instance.state.kind === 'stuck' && <p className="px-5 pt-4 text-bad">{instance.state.why}</p>}
        <InstanceFacts instance={instance} />
      </aside>
    </div>
  )
}

function Nothing({ onAttach }: { onAttach: () => void }) {
  const [, navigate] = useLocation()
  return (
    <EmptyState
      action={
        <p className="flex flex-wrap gap-2">
          <Button tone="go" onClick={() => navigate('/')}>
            See what is recommended
          </Button>
          <Button icon={PlugZap} onClick={onAttach}>
            Attach a running server
          </Button>
        </p>
      }
    >
      No runtime runs. What is started stands here with its process, memory, log and, should it fail, the reason.
    </EmptyState>
  )
}
