import { freePort } from './local/free-port.js';
import { startLocalWorkOS } from './local/local-workos.js';
import { startPostgres } from './local/postgres.js';
import { createShop } from './shop.js';

const { config } = await startLocalWorkOS(await freePort(4100));
const databaseUrl = process.env.DATABASE_URL || (await startPostgres());
const shop = await createShop({ ...config, databaseUrl });
// Ctrl-C: the events that wait are sent; those that cannot be wait in Postgres for the next start.
shop.enableShutdownHooks([], { useProcessExit: true });
await shop.listen(Number(process.env.PORT) || (await freePort(3000)), '127.0.0.1');
process.stdout.write(`
  Shop          ${await shop.getUrl()}
  Audit trail   ${config.trailUrl}   (LocalWorkOS: nothing leaves this machine)
  Postgres      ${process.env.DATABASE_URL ? 'that of DATABASE_URL' : `${databaseUrl}   (gone with this process)`}

  An order that fails leaves neither order nor event:
    curl -i ${await shop.getUrl()}/orders -d product=chair -d quantity=2
    curl -i ${await shop.getUrl()}/orders -d product=chair -d quantity=2

`);
