#!/bin/sh
# Makes the secrets of compose.yaml, each in a file of its own, in the folder `secrets` beside it (or the one given). What
# is there already stays. The folder is for its owner alone; the files can be read by the users inside the containers.
set -eu
folder=${1:-"$(dirname "$0")/../../secrets"}
mkdir -p -m 700 "$folder"
cd "$folder"
chmod 700 .
umask 022

random() { head -c 48 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
keep() { [ -s "$1" ] || printf '%s' "$2" > "$1"; }

keep secret_key "$(random)"
keep proxy_secret "$(random)"
keep mongodb_root_password "$(random)"
keep mongodb_password "$(random)"
keep redis_password "$(random)"
keep mongodb_url "mongodb://gatewarden:$(cat mongodb_password)@mongodb:27017/gatewarden?authSource=gatewarden"
keep redis_url "redis://gatewarden:$(cat redis_password)@redis:6379"
# Redis knows this one user, for the keys and channels of this installation. `default` is off: nothing goes without it.
keep redis_users "user default off
user gatewarden on >$(cat redis_password) ~gatewarden:* &gatewarden:* +@all -@admin -@dangerous +info +role +config|get +client|setname
"
