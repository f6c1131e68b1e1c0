/** `workos-audit --help` */
export const HELP = `workos-audit: keeps the audit schemas of WorkOS in step with a catalogue, looks after the outbox, exports
trails, and stands in for WorkOS on this machine

  workos-audit schemas plan     compare, and list what a push would do
  workos-audit schemas push     create the schemas that WorkOS lacks, and write the lock
  workos-audit schemas check    compare, for CI: says only what is not in step
  workos-audit init             write a first catalogue from the @Audited methods of a built application
  workos-audit local            a stand-in for WorkOS, without an account: checks events, shows them live
  workos-audit outbox stats     how many events wait, are being sent, are buried
  workos-audit outbox list      events with the reason why they were not delivered
  workos-audit outbox show <id> one event, whole
  workos-audit outbox redrive   make buried events due again; the application sends them
  workos-audit outbox purge     delete buried events, each printed before as a line of JSON
  workos-audit outbox move      move the events of a SQLite outbox to one in Postgres
  workos-audit export           an organization's trail as a CSV file, whole or not at all

Flags of schemas:
  --events <file>           the catalogue, in TypeScript or JavaScript
                            (default: ./audit-events.ts or ./src/audit-events.ts)
  --export <name>           its export (default: the only catalogue that the file exports)
  --lock <file>             the lock (default: workos-audit.lock.json beside the catalogue)
  --json                    print the result as JSON
  --timeout <seconds>       limit of one request (default: 30)
  --api-hostname <host>     instead of api.workos.com; also WORKOS_API_HOSTNAME
  --port <port>             also WORKOS_API_PORT
  --http                    without TLS, for LocalWorkOS; also WORKOS_API_HTTPS=false

Flags of init:
  --app <file>              the compiled root module (default: ./dist/app.module.js)
  --export <name>           its export (default: the only module that the file exports)
  --out <file>              the catalogue to write (default: ./audit-events.ts)
  --force                   overwrite it

Flags of local:
  --port <port>             (default: 4100 or, if it is taken, any)
  --events <file>           the catalogue; its events are checked as WorkOS does (default: as above, or any event)
  --export <name>           its export (default: the only catalogue that the file exports)
  --lock <file>             the schema versions (default: workos-audit.lock.json beside the catalogue)
  --organization <id>       that exists; may be given several times (default: org_local)
  --outbox <url>            where the application answers AuditService.stats() as JSON, for the charts of the dashboard
  --app <url>               where the application is, for the dashboard to say so

Flags of outbox, which may be used while the application runs:
  --sqlite <file>           the file of sqliteOutbox() (default: ./var/audit-outbox.db)
  --postgres <url>          the database of pgBossOutbox(); the password may come from PGPASSWORD instead
  --schema <name>           with --postgres and --to (default: workos_audit)
  --queue <name>            with --postgres and --to (default: audit-events)
  --json                    print the result as JSON
  --id <id>                 redrive, purge: only this event; may be given several times
  --action <action>         list, redrive, purge: only events of this action
  --organization <id>       list, redrive, purge: only events of this organization
  --state <state>           list: buried, pending, leased, held or all (default: buried)
  --limit <number>          list: at most so many, the oldest ones (default: 50)
  --all                     redrive: every buried event
  --buried                  purge: must be given, as nothing else is ever deleted
  --older-than <time>       purge: only events buried for longer, such as 30d or 12h
  --yes                     purge: delete; without it, it says how many it would delete
  --quiet                   purge: do not print the events
  --from <file>             move: the file of sqliteOutbox(), whose application is stopped
  --to <url>                move: the database of pgBossOutbox()

Flags of export (and --json, --timeout, --api-hostname, --port and --http as for schemas):
  --organization <id>       whose trail
  --from <time>             a day (2026-11-01, UTC), a moment (2026-11-01T10:00:00Z) or an age (7d)
  --to <time>               likewise; a day with all of it (default: now)
  --actions <a,b>           only these actions
  --actor-ids <a,b>         only what these actors did
  --actor-name <name>       likewise; may be given several times
  --targets <a,b>           only events with a target of one of these types
  --out <file>              the file to write
  --force                   replace it if it exists
  --wait <time>             how long to wait for WorkOS to make it (default: 10m)
  --id <id>                 instead of the above: an export that was asked for before

  --help, --version

The API key is read from WORKOS_API_KEY; outbox needs none.
Exit codes: 0 done or in step, 1 not in step (plan and check), 2 failed, 130 interrupted.`;
