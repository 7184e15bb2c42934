import { type Block, command } from "../message/message.ts";
import { code, type Text, text } from "../message/text.ts";

/**
 * Where a tap is placed: between a proxy and its application, where HTTP is plain and the peer is local already. Of two servers, nginx sends a
 * failed request to the other one and leaves the failed one out for 10 s, unless it is told otherwise.
 */
export const TAP_PLACES: readonly Text[] = [
	text`nginx: set ${code("proxy_pass http://127.0.0.1:8081;")} and run ${code("nginx -s reload")}. For one request in a hundred, set ${code("proxy_pass http://app;")} with ${code(
		"upstream app { server 127.0.0.1:8080 weight=99 max_fails=0; server 127.0.0.1:8081 weight=1 max_fails=0; }",
		200,
	)} in front of the server block.`,
	text`Apache: set ${code("ProxyPass / http://127.0.0.1:8081/")}, change ${code("ProxyPassReverse")} as well, and run ${code("apachectl graceful")}.`,
	text`HAProxy: replace the application's line in the backend by ${code("server tap 127.0.0.1:8081")} and run ${code("systemctl reload haproxy")}. For one request in a hundred, keep that line with ${code("weight 99")} and give the tap ${code("weight 1")}.`,
	text`Caddy: set ${code("reverse_proxy 127.0.0.1:8081")} and run ${code("caddy reload --config /etc/caddy/Caddyfile")}.`,
	text`cloudflared: set ${code("service: http://127.0.0.1:8081")} in its config.yml and run ${code("systemctl restart cloudflared")}. A tunnel that is managed in the dashboard has its service there.`,
	text`Kubernetes: add it as a container to the pod of the proxy, where both share 127.0.0.1. Or add it to the pod of the application with ${code("--listen POD_IP:8081 --to 127.0.0.1:8080 --anywhere")}, and set ${code("targetPort: 8081")} in the Service.`,
	text`The Host header: nginx and Apache send the IP address and port of their target in it, unless they have ${code("proxy_set_header Host $host;")} or ${code("ProxyPreserveHost On")}. The application then sees port 8081.`,
	text`PHP-FPM uses FastCGI, which the tap does not read: place it in front of the web server. TLS passes unread: place it where HTTP is plain.`,
];

/** How it is started there, to be copied. */
export const TAP_STARTS: readonly Block[] = [
	command(
		text`With systemd, until it ends by itself (${code("journalctl -u cf520-tap")} has what it says):`,
		"systemd-run --unit=cf520-tap -p StandardOutput=null node /opt/cf520-tap.mjs --listen 127.0.0.1:8081 --to 127.0.0.1:8080 --for 1h --keep /var/tmp/tap.jsonl",
	),
	command(
		text`With Docker, in the network of the proxy's container, so that the application sees the same IP address as before:`,
		"docker run --rm --network container:PROXY -v /opt/cf520-tap.mjs:/cf520-tap.mjs:ro node:24 node /cf520-tap.mjs --listen 127.0.0.1:8081 --to APP:8080 --for 1h --anywhere",
	),
];
