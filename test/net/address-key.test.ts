import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressKey } from '../../lib/net/address-key.ts';

describe('the key of an address', () => {
  const keys: [address: string, key: string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:DB8:0:0:ffff::1', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ];
  it('is itself, or its /64', () =>
    deepEqual(
      keys.map(([address]) => [address, addressKey(address)]),
      keys,
    ));
});
