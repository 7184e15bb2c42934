/** Where things are in one run: `dir` is the temporary folder, the rest are free ports. */
export interface Places {
	readonly dir: string;
	readonly backend: number;
	readonly nginx: number;
	readonly nginxTls: number;
	readonly apache: number;
	readonly apacheTls: number;
	readonly haproxy: number;
	readonly haproxyTls: number;
	readonly fpm: number;
	readonly gunicorn: number;
	readonly node: number;
}

export interface ServerStart {
	/** The program, as it is looked for in PATH and in /usr/sbin. */
	readonly program: string;
	readonly args: readonly string[];
	/** Its port; it is up when that takes connections. */
	readonly port: number;
}

export const SERVERS = ["nginx", "apache", "haproxy", "php-fpm", "gunicorn", "node"] as const;
export type ServerName = (typeof SERVERS)[number];

/** How each server is started, in the foreground. */
export function starts(at: Places): Readonly<Record<ServerName, ServerStart>> {
	return {
		nginx: {
			program: "nginx",
			args: ["-e", `${at.dir}/nginx-error.log`, "-p", at.dir, "-c", `${at.dir}/nginx.conf`],
			port: at.nginx,
		},
		apache: { program: "apache2", args: ["-d", at.dir, "-f", `${at.dir}/apache.conf`, "-DFOREGROUND"], port: at.apache },
		haproxy: { program: "haproxy", args: ["-db", "-f", `${at.dir}/haproxy.cfg`], port: at.haproxy },
		"php-fpm": { program: "php-fpm8.2", args: ["-F", "-y", `${at.dir}/fpm.conf`], port: at.fpm },
		gunicorn: {
			program: "gunicorn",
			args: [
				"-b",
				`127.0.0.1:${at.gunicorn}`,
				"-w",
				"1",
				"-k",
				"sync",
				"--timeout",
				"2",
				"--worker-tmp-dir",
				"/dev/shm",
				"--chdir",
				at.dir,
				"app:app",
			],
			port: at.gunicorn,
		},
		node: { program: process.execPath, args: ["--max-old-space-size=24", `${at.dir}/node.mjs`, String(at.node)], port: at.node },
	};
}

/** Every file of the temporary folder. */
export function files(at: Places): Readonly<Record<string, string>> {
	const php = (location: string, more = "") =>
		`location ~ ^/${location}(/.+\\.php)$ { fastcgi_param REQUEST_METHOD $request_method; fastcgi_param SCRIPT_NAME $uri; fastcgi_param SERVER_PROTOCOL $server_protocol; ${more} fastcgi_pass 127.0.0.1:${at.fpm}; fastcgi_param SCRIPT_FILENAME ${at.dir}$1; }`;
	return {
		"nginx.conf": `daemon off;
worker_processes 1;
pid ${at.dir}/nginx.pid;
error_log ${at.dir}/nginx-error.log info;
events { worker_connections 256; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${at.dir}/${kind};`).join(" ")}
  proxy_http_version 1.1; proxy_read_timeout 3s;
  server {
    listen 127.0.0.1:${at.nginx};
    location = /444 { return 444; }
    location /large/ { proxy_buffer_size 256k; proxy_buffers 8 256k; proxy_busy_buffers_size 256k; proxy_pass http://127.0.0.1:${at.backend}/; }
    ${php("php", "fastcgi_buffering off;")}
    ${php("php-large", "fastcgi_buffer_size 256k; fastcgi_buffers 8 256k; fastcgi_busy_buffers_size 256k;")}
    location / { proxy_pass http://127.0.0.1:${at.backend}; }
  }
  ssl_certificate ${at.dir}/srv.crt; ssl_certificate_key ${at.dir}/srv.key;
  server { listen 127.0.0.1:${at.nginxTls} ssl; ssl_client_certificate ${at.dir}/srv.crt; ssl_verify_client on; location / { return 200 "hello"; } }
}
`,
		"apache.conf": `ServerRoot ${at.dir}
DefaultRuntimeDir ${at.dir}
PidFile ${at.dir}/apache.pid
Mutex sem
ServerName shop.example
Listen 127.0.0.1:${at.apache}
Listen 127.0.0.1:${at.apacheTls}
${["mpm_event", "authz_core", "proxy", "proxy_http", "proxy_fcgi", "socache_shmcb", "ssl"].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
User nobody
Group nogroup
StartServers 1
ServerLimit 2
ThreadsPerChild 16
MaxRequestWorkers 32
KeepAliveTimeout 5
ErrorLog ${at.dir}/apache-error.log
ProxyTimeout 3
ProxyPassMatch "^/php/(.+\\.php)$" "fcgi://127.0.0.1:${at.fpm}${at.dir}/$1"
ProxyPass / http://127.0.0.1:${at.backend}/
SSLCertificateFile ${at.dir}/srv.crt
SSLCertificateKeyFile ${at.dir}/srv.key
<VirtualHost 127.0.0.1:${at.apacheTls}>
  SSLEngine on
  SSLCACertificateFile ${at.dir}/srv.crt
  SSLVerifyClient require
</VirtualHost>
`,
		"haproxy.cfg": `defaults
  mode http
  timeout client 10s
  timeout connect 2s
  timeout server 3s
  timeout http-keep-alive 10s
frontend f
  bind 127.0.0.1:${at.haproxy}
  bind 127.0.0.1:${at.haproxyTls} ssl crt ${at.dir}/srv.pem ca-file ${at.dir}/srv.crt verify required
  http-request reject if { path /reject }
  default_backend b
backend b
  server s 127.0.0.1:${at.backend}
`,
		"fpm.conf": `[global]
error_log = ${at.dir}/fpm.log
daemonize = no
[www]
user = nobody
group = nogroup
listen = 127.0.0.1:${at.fpm}
pm = static
pm.max_children = 2
php_admin_value[memory_limit] = 16M
php_admin_value[output_buffering] = 0
php_admin_flag[display_errors] = off
`,
		"kill.php": "<?php posix_kill(getmypid(), 9); sleep(1);",
		"kill-in-answer.php":
			'<?php header("Content-Length: 1000"); echo "part"; flush(); usleep(300000); posix_kill(getmypid(), 9); sleep(1);',
		"memory.php":
			'<?php header("Content-Length: 1000"); echo "part"; flush(); usleep(200000); $a = str_repeat("x", 64000000); echo "no";',
		"headers.php": '<?php for ($i = 0; $i < 35; $i++) header("X-F$i: " . str_repeat("a", 4000)); echo "ok";',
		"app.py": `import os, signal, time
def app(env, start):
    path = env['PATH_INFO']
    if path == '/kill': os.kill(os.getpid(), signal.SIGKILL)
    if path == '/hang': time.sleep(20)
    if path == '/140-kb':
        start('200 OK', [('X-F%d' % i, 'a' * 4000) for i in range(35)] + [('Content-Length', '2')]); return [b'ok']
    def gen(then):
        yield b'hello'
        then()
    def boom(): raise RuntimeError('after')
    if path == '/raise-in-answer': start('200 OK', [('Content-Length', '10')]); return gen(boom)
    if path == '/kill-in-answer': start('200 OK', []); return gen(lambda: os.kill(os.getpid(), 9))
    start('200 OK', [('Content-Length', '2')]); return [b'ok']
`,
		"node.mjs": `import http from "node:http";
http.createServer((asked, answer) => {
  const raw = (text) => answer.socket.end(text);
  switch (asked.url) {
    case "/throw": throw new Error("before headers");
    case "/throw-in-answer":
      answer.writeHead(200, { "Content-Length": 1000 });
      answer.write("part");
      setTimeout(() => { throw new Error("after"); }, 100);
      return;
    case "/reset": return answer.socket.resetAndDestroy();
    case "/bad-name": return raw("HTTP/1.1 200 OK\\r\\nX A: b\\r\\nContent-Length: 2\\r\\n\\r\\nok");
    case "/two-lengths": return raw("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 2\\r\\n\\r\\nok");
    case "/memory": { const all = []; for (;;) all.push({ x: Array(100).fill(Math.random()) }); }
    case "/140-kb":
      for (let nth = 0; nth < 35; nth += 1) answer.setHeader("X-F" + nth, "a".repeat(4000));
      return answer.end("ok");
    default: return answer.end("ok");
  }
}).listen(Number(process.argv[2]), "127.0.0.1");
`,
	};
}
