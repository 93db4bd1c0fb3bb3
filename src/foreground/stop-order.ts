// Stops apps in the reverse order of depends_on, wave after wave. How stopping is done is not its business.
import type { AppSpec } from '../model/app-spec.ts';
import { stopWaves } from '../policy/dependency-graph.ts';

export interface StopOrderOptions {
  readonly stop: (app: string) => void;
  /** Whether anything of it runs. */
  readonly isUp: (app: string) => boolean;
}

export interface StopOrder {
  begin(specs: readonly Pick<AppSpec, 'name' | 'dependsOn'>[]): void;
  /** To be called when anything has changed. */
  look(): void;
}

/** Nothing is stopped before it begins. */
export function createStopOrder({ stop, isUp }: StopOrderOptions): StopOrder {
  let waves: readonly (readonly string[])[] = [];
  let going: readonly string[] = [];

  function look(): void {
    while (waves.length > 0 && !going.some(isUp)) {
      [going = [], ...waves] = waves;
      going.forEach(stop);
    }
  }

  return {
    begin(specs) {
      waves = stopWaves(new Map(specs.map(({ name, dependsOn }) => [name, dependsOn.map(({ app }) => app)])));
      look();
    },
    look,
  };
}
