import { type Command, Option } from 'commander';
import type { Said } from './shared-options.ts';

type Given = Readonly<{ request?: string; m?: string; data?: string; b?: string }>;

/** Adds `api`. */
export function addApi(program: Command, { out, globals }: Said): void {
  program
    .command('api')
    .description('send one request to the API, and print the answer')
    .argument('<path>', 'below the prefix, such as /api/v1/users; short: users')
    .option('-X, --request <method>', 'method (default: GET, with a body POST)')
    .option('-d, --data <body>', 'body; @file reads it from a file, - from stdin')
    .addOption(new Option('-m <method>', 'the same as -X').conflicts('request'))
    .addOption(new Option('-b <body>', 'the same as -d').conflicts('data'))
    .action(async (path: string, { request, m, data, b }: Given) => {
      const options = { method: request ?? m, data: data ?? b };
      await (await import('./commands/api.ts')).api(path, options, globals(), out());
    });
}
