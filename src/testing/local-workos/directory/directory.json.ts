import type { Directory, Group, Person } from './directories.js';

/** A directory on the wire. [WorkOS OpenAPI, Directory] */
export function directoryJson({ id, organizationId, name, type, createdAt }: Directory) {
  return {
    object: 'directory',
    id,
    organization_id: organizationId,
    external_key: id.slice(-12),
    type,
    state: 'linked',
    name,
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** A directory group on the wire. [WorkOS OpenAPI, DirectoryGroup] */
export function groupJson({ id, idpId, directoryId, organizationId, name, createdAt }: Group) {
  return {
    object: 'directory_group',
    id,
    idp_id: idpId,
    directory_id: directoryId,
    organization_id: organizationId,
    name,
    raw_attributes: {},
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/**
 * A directory user on the wire. E-mails, job title, user name and raw attributes are empty, as WorkOS leaves them since
 * 2026-04-15. [WorkOS OpenAPI, DirectoryUserWithGroups; WorkOS docs, deprecations/raw-attributes]
 */
export function directoryUserJson(person: Person, groups: readonly Group[]) {
  const { id, directoryId, organizationId, idpId, email, firstName, lastName, state, role, createdAt } = person;
  return {
    object: 'directory_user',
    id,
    directory_id: directoryId,
    organization_id: organizationId,
    idp_id: idpId,
    email,
    first_name: firstName,
    last_name: lastName,
    name: fullName(person),
    emails: [],
    job_title: null,
    username: null,
    state,
    raw_attributes: {},
    custom_attributes: {},
    ...(role !== undefined && { role: { slug: role }, roles: [{ slug: role }] }),
    groups: groups.map(groupJson),
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** First and last name together; null if there is neither. */
export function fullName({ firstName, lastName }: Pick<Person, 'firstName' | 'lastName'>): string | null {
  return [firstName, lastName].filter(Boolean).join(' ') || null;
}
