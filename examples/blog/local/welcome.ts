import type { Siem } from '../siem/siem.js';
import { seed } from './seed.js';

/** What `npm start` says: where to click. */
export function welcome(blogUrl: string, trailUrl: string, siem: Siem): string {
  const names = new Map(seed.groups.map(({ id, name }) => [id, name]));
  const people = seed.people.map((person) => {
    const { email, firstName, lastName, groups } = person;
    const teams = groups.map((id) => names.get(id)).join(', ') || 'no team';
    const role = 'role' in person ? ` (${person.role})` : '';
    return `${email.padEnd(20)} ${`${firstName} ${lastName}`.padEnd(14)} ${teams}${role}`;
  });
  return `
  Blog          ${blogUrl}
  Audit trail   ${trailUrl}   (LocalWorkOS: nothing leaves this machine)
  SIEM          ${siem.url}   (connect it as a log stream: ${siem.endpoint}, Authorization: Bearer ${siem.token})

  Who can log in, without a password:
    ${people.join('\n    ')}

  Ctrl-C stops it. Set WORKOS_API_KEY and WORKOS_CLIENT_ID to use the real WorkOS.

`;
}
