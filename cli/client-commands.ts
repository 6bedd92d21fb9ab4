import type { Command } from 'commander';
import type { AdministrationOptions } from './administration/administer.ts';
import { administrative, type CommandAdder } from './administrative-command.ts';
import type { ClientEditOptions, NewClientOptions } from './commands/client.ts';
import { limitOption } from './listing.ts';
import { futureMoment } from './moment.ts';
import type { Said } from './shared-options.ts';

const code = () => import('./commands/client.ts');

/** Reads a list of names, separated by commas or spaces. */
const namesIn = (given: string): readonly string[] => given.split(/[\s,]/).filter((one) => one !== '');

/** Adds `client` and its subcommands. */
export function addClient(program: Command, said: Said): void {
  const client = program
    .command('client')
    .description('manage clients: applications that sign in with an id and a secret of their own')
    .addHelpText('after', '\nOnly admins may. A client gets tokens at /oauth/token with the grant client_credentials.');
  const command = administrative(client);
  addReading(command, said);
  addCreating(command, said);
  addChanging(command, said);
}

function addReading(command: CommandAdder, said: Said): void {
  command('list', 'list clients by id')
    .addOption(limitOption())
    .action(async (options: AdministrationOptions & { limit?: number }) => (await code()).listClients(options, said));
  command('show <client-id>', 'show one client').action(async (id: string, options: AdministrationOptions) =>
    (await code()).showClient(id, options, said),
  );
}

function addCreating(command: CommandAdder, said: Said): void {
  command('create <name>', 'make a client, and show its secret this once', [
    'client create "Nightly backup" --client-id backup --role operator',
    'client create Grafana --scopes gatewarden:introspect --expires 90d -o json',
  ])
    .option('--client-id <id>', 'what it signs in with (default: a random one)')
    .option('--role <role>', 'its role (default: the role that stands for viewer)')
    .option('--scopes <scopes>', 'scopes, separated by commas (default: none)', namesIn)
    .option('--expires <time>', 'when it ends: a date, a time (RFC 3339) or a time from now, such as 90d', futureMoment)
    .action(async (name: string, options: NewClientOptions) => (await code()).createClient(name, options, said));
  command('secret <client-id>', 'make another secret, and show it this once; of two the older one ends', [
    'client secret backup',
    'client secret backup --end-others --yes',
  ])
    .option('--end-others', 'end all other secrets at once, and what was issued for them; asks first')
    .action(async (id: string, options: AdministrationOptions & { endOthers?: boolean }) =>
      (await code()).addSecret(id, options, said),
    );
}

function addChanging(command: CommandAdder, said: Said): void {
  command('edit <client-id>', 'change a name, a role or scopes', ['client edit backup --role viewer --no-scopes'])
    .option('--name <name>', 'what people call it')
    .option('--role <role>', 'new role')
    .option('--scopes <scopes>', 'all its scopes from now on, separated by commas', namesIn)
    .option('--no-scopes', 'take all scopes away')
    .option('--end-tokens', 'end its access tokens, and what it minted for users')
    .option('--end-older-secrets', 'end all its secrets but the newest; what was issued for them stays')
    .action(async (id: string, options: ClientEditOptions) => (await code()).editClient(id, options, said));
  command('activate <client-id>', 'let the client sign in again').action(
    async (id: string, options: AdministrationOptions) => (await code()).setClientActive(id, true, options, said),
  );
  command('deactivate <client-id>', 'let the client sign in no more; its access tokens end').action(
    async (id: string, options: AdministrationOptions) => (await code()).setClientActive(id, false, options, said),
  );
  command('delete <client-id>', 'delete a client; asks first', ['client delete backup --yes']).action(
    async (id: string, options: AdministrationOptions) => (await code()).deleteClient(id, options, said),
  );
}
