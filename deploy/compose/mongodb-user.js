// Run once by the image of MongoDB, while the database is made: the user that the gateways sign in as.
const password = require('node:fs').readFileSync('/run/secrets/mongodb_password', 'utf8').trim();
db.getSiblingDB('gatewarden').createUser({
  user: 'gatewarden',
  pwd: password,
  roles: [{ role: 'readWrite', db: 'gatewarden' }],
});
