import bcrypt from 'bcrypt';

/** Caddy as a reverse proxy with basic_auth (by its first name, which old and new versions know), which remembers passwords that it has compared, and a log as the others write it. */
export function caddyfile(port: number, upstream: string, folder: string): string {
  return `{
  admin off
  auto_https off
}
http://127.0.0.1:${port} {
  log {
    output file ${folder}/access.log
  }
  basicauth {
    bench ${bcrypt.hashSync('bench', 12).replace(/^\$2b/, '$2a')}
  }
  reverse_proxy ${new URL(upstream).host}
}
`;
}

/** nginx that asks about every request, with kept connections both to the service that it asks and to the upstream. */
export function nginxConfig(port: number, upstream: string, verdict: string, folder: string): string {
  return `worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log ${folder}/access.log;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream service { server ${new URL(upstream).host}; keepalive 64; }
  upstream verdict { server ${new URL(verdict).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location = /auth {
      internal;
      proxy_pass http://verdict;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      # Headers of the level above are not inherited beside others.
      proxy_set_header Connection "";
      proxy_set_header X-Original-URI $request_uri;
    }
    location / {
      auth_request /auth;
      proxy_pass http://service;
    }
  }
}
`;
}

/** nginx that asks for `verdict`, a whole URL, as `deploy/nginx` does, and tells the service who was found. */
export function nginxAsking(port: number, upstream: string, verdict: string, folder: string): string {
  const { pathname } = new URL(verdict);
  const told = ['User', 'Email', 'Groups', 'Preferred-Username'].map((name) => `X-Forwarded-${name}`);
  const variable = (name: string): string => name.toLowerCase().replaceAll('-', '_');
  const set = [...told, 'X-Gatewarden-Assertion'];
  return nginxConfig(port, upstream, verdict, folder)
    .replace(
      'proxy_pass http://verdict;',
      `proxy_pass http://verdict${pathname}; proxy_set_header Host $http_host; proxy_set_header X-Original-Method $request_method;`,
    )
    .replace(
      'auth_request /auth;',
      [
        'auth_request /auth;',
        ...set.map((name) => `auth_request_set $told_${variable(name)} $upstream_http_${variable(name)};`),
        ...set.map((name) => `proxy_set_header ${name} $told_${variable(name)};`),
        'proxy_set_header Connection "";',
      ].join('\n      '),
    );
}
