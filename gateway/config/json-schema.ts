import { z } from 'zod';
import { documentSchema } from './schema.ts';

/** The JSON schema of the configuration file (draft 2020-12), for editors: keys, descriptions and examples. */
export function configJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(documentSchema, { io: 'input' });
  const description = 'The services behind a Gatewarden gateway: the file that GATEWARDEN_CONFIG names.';
  return { $schema, title: 'Gatewarden', description, ...schema };
}
