import { describeStores } from 'gatewarden/stores';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { journalled } from '../stores/journal.ts';

describeStores('Stores that an app brings', async () => journalled(await openSqlite({ memory: true }), []));
