import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { notFound, unprocessable } from '../http/api-error.js';
import { type ListQuery, page } from '../http/paging.js';
import { isJsonObject } from '../json.js';
import { readSchemaBody } from './schema.body.js';
import { type Action, type Schema, Schemas } from './schema.js';

/** `/audit_logs/actions` and their schemas. Neither has an id on the wire; cursors carry one all the same. */
@Controller('audit_logs/actions')
export class SchemasController {
  constructor(private readonly schemas: Schemas) {}

  @Get()
  actions(@Query() query: ListQuery) {
    return page(this.schemas.actions, query, actionJson);
  }

  @Get(':name/schemas')
  list(@Param('name') name: string, @Query() query: ListQuery) {
    const action = this.schemas.action(name);
    if (action === undefined) throw notFound('Audit Log Action', name);
    return page(action.schemas, query, schemaJson);
  }

  @Post(':name/schemas')
  create(@Param('name') name: string, @Body() body: unknown) {
    if (!isJsonObject(body)) throw unprocessable('targets must be an array with at least one target');
    return schemaJson(this.schemas.add(name, readSchemaBody(body)));
  }
}

/** [WorkOS OpenAPI, AuditLogSchemaJson] */
function schemaJson({ version, targets, actor, metadata, createdAt }: Schema) {
  return { object: 'audit_log_schema', version, actor, targets, metadata, created_at: createdAt };
}

/** [WorkOS OpenAPI, AuditLogActionJson]; the schema is the newest. */
function actionJson({ name, schemas, createdAt }: Action) {
  const newest = schemas.at(-1);
  return {
    object: 'audit_log_action',
    name,
    schema: newest && schemaJson(newest),
    created_at: createdAt,
    updated_at: newest?.createdAt,
  };
}
