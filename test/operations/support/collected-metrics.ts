import { type Attributes, metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { onTestFinished } from 'vitest';

class ManualReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** One collection: every point as `name` or `name{action}` with its value. */
export interface Collection {
  readonly points: Record<string, number>;
  readonly units: Record<string, string>;
  readonly errors: readonly unknown[];
}

/** The real metrics SDK, until the test is over. To be installed before the application. */
export class CollectedMetrics {
  readonly #reader = new ManualReader();
  readonly #provider = new MeterProvider({ readers: [this.#reader] });

  static install(): CollectedMetrics {
    const collected = new CollectedMetrics();
    metrics.setGlobalMeterProvider(collected.#provider);
    onTestFinished(async () => {
      metrics.disable();
      await collected.#provider.shutdown();
    });
    return collected;
  }

  async collect(): Promise<Collection> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    const points: Record<string, number> = {};
    const units: Record<string, string> = {};
    for (const metric of resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)) {
      const { name, unit } = metric.descriptor;
      units[name] = unit;
      for (const { attributes, value } of metric.dataPoints) points[name + labelOf(attributes)] = value as number;
    }
    return { points, units, errors };
  }
}

function labelOf(attributes: Attributes): string {
  const labels = Object.entries(attributes).map(([name, value]) =>
    name === 'action' ? value : `${name}=${String(value)}`,
  );
  return labels.length > 0 ? `{${labels.join()}}` : '';
}
