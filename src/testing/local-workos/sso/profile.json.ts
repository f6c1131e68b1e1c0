import { fullName } from '../directory/directory.json.js';
import type { Grant } from './grants.js';

/**
 * An SSO profile on the wire; `groups` only if the identity provider sends them. Raw attributes are empty, as WorkOS
 * leaves them since 2026-04-15. [WorkOS OpenAPI, Profile]
 */
export function profileJson({ person, connection }: Grant) {
  const { profileId, idpId, organizationId, email, firstName, lastName, role, profileGroups } = person;
  return {
    object: 'profile',
    id: profileId,
    organization_id: organizationId,
    connection_id: connection.id,
    connection_type: connection.type,
    idp_id: idpId,
    email,
    first_name: firstName,
    last_name: lastName,
    name: fullName(person),
    role: role === undefined ? null : { slug: role },
    roles: role === undefined ? null : [{ slug: role }],
    ...(profileGroups !== undefined && { groups: profileGroups }),
    custom_attributes: {},
    raw_attributes: {},
  };
}
