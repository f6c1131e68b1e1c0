import type { Provider, Type } from '@nestjs/common';
import type { LocalWorkOSState } from '../local-workos.state.js';
import { AssetsController } from './assets/assets.controller.js';
import { FaultSwitches } from './faults/fault.switches.js';
import { FaultsController } from './faults/faults.controller.js';
import { LiveController } from './live/live.controller.js';
import { OutboxWatch } from './outbox/outbox.watch.js';
import { DashboardLayout } from './pages/dashboard.layout.js';
import { RefusedController } from './refused/refused.controller.js';
import { RefusedLive } from './refused/refused.live.js';
import { SchemasPageController } from './schemas/schemas.page.controller.js';
import { TrailController } from './trail/trail.controller.js';
import { TrailLive } from './trail/trail.live.js';

/** The pages that a developer has open while building. */
export const DASHBOARD_CONTROLLERS: Type[] = [
  TrailController,
  RefusedController,
  SchemasPageController,
  FaultsController,
  LiveController,
  AssetsController,
];

/** What they are made of. */
export function dashboardProviders({
  config,
  trail,
  traffic,
  faults,
  organizations,
  outbox,
}: LocalWorkOSState): Provider[] {
  const switches = new FaultSwitches(faults);
  return [
    { provide: OutboxWatch, useValue: outbox },
    { provide: FaultSwitches, useValue: switches },
    { provide: DashboardLayout, useValue: new DashboardLayout(config, trail, traffic, switches) },
    { provide: TrailLive, useValue: new TrailLive(trail, organizations) },
    { provide: RefusedLive, useValue: new RefusedLive(traffic) },
  ];
}
