import { code, type Text, text } from "../message/text.ts";

/** Where a tap stands: between a proxy and its application, where HTTP is plain and the peer is local already. */
export const TAP_PLACES: readonly Text[] = [
	text`nginx: ${code("proxy_pass http://127.0.0.1:8081;")}, then ${code("nginx -s reload")}. For a share of the traffic: ${code("upstream app { server 127.0.0.1:8080 weight=99; server 127.0.0.1:8081 weight=1; }")}.`,
	text`Apache: ${code("ProxyPass / http://127.0.0.1:8081/")}, then ${code("apachectl graceful")}.`,
	text`HAProxy: ${code("server tap 127.0.0.1:8081")} in the backend, with ${code("weight 1")} next to the application's ${code("weight 99")} for a share.`,
	text`Caddy: ${code("reverse_proxy 127.0.0.1:8081")}, then ${code("caddy reload")}.`,
	text`cloudflared: ${code("service: http://127.0.0.1:8081")} in the tunnel's configuration.`,
	text`systemd: ${code("systemd-run --unit=cf520-tap node /opt/cf520-tap.mjs --listen 127.0.0.1:8081 --to 127.0.0.1:8080 --for 1h")}, then read ${code("journalctl -u cf520-tap")}.`,
	text`Docker: in the network of the proxy's container, so that the application sees the same IP address as before: ${code(
		"docker run --rm --network container:PROXY -v /opt:/opt node:24 node /opt/cf520-tap.mjs --listen 127.0.0.1:8081 --to APP:8080 --anywhere",
		200,
	)}.`,
	text`Kubernetes: next to the proxy in its pod as with Docker; or as a sidecar of the application with ${code("--listen POD_IP:8081 --to 127.0.0.1:8080 --anywhere")}, and the service's ${code("targetPort: 8081")}.`,
	text`PHP-FPM speaks FastCGI, which the tap does not read: place it in front of the web server. TLS passes unread: place it where HTTP is plain.`,
];
