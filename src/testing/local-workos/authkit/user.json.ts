import type { Person } from '../directory/directories.js';

/** An AuthKit user on the wire. [WorkOS OpenAPI, UserlandUser] */
export function userJson({ userId, email, firstName, lastName, createdAt }: Person) {
  return {
    object: 'user',
    id: userId,
    email,
    email_verified: true,
    first_name: firstName,
    last_name: lastName,
    profile_picture_url: null,
    last_sign_in_at: createdAt,
    locale: 'en-US',
    external_id: null,
    metadata: {},
    created_at: createdAt,
    updated_at: createdAt,
  };
}
