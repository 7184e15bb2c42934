import type { Signature } from "./signature.ts";

/** Lines of cloudflared, the connector of a tunnel. */
export const cloudflared: readonly Signature[] = [
	{
		id: "cfd-unreach",
		server: "cloudflared",
		looks: /Unable to reach the origin service\. The service may be down/,
		speaksFor: "502",
		originLog: null,
		meaning: "The local service is down, closed early (EOF) or speaks another protocol",
		fix: "Read the text after the last colon",
		source: "cloudflare/cloudflared@d1df798: proxy/proxy.go:226; connection/http2.go:344",
		example:
			'2026-11-22T19:12:15Z ERR  error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: EOF" connIndex=0 event=1 ingressRule=0 originService=http://localhost:8080',
	},
	{
		id: "cfd-malformed",
		server: "cloudflared",
		looks: /malformed HTTP (?:response|status code|version)/,
		speaksFor: "502",
		originLog: null,
		betterThan: "cfd-unreach",
		meaning: "http:// configured for an https service, or another protocol (Go's message; other Go programs print it too)",
		fix: "Correct the scheme in the service URL",
		source:
			"https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/troubleshoot-tunnels/common-errors/",
		example:
			'2026-11-22T19:12:15Z ERR  error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: net/http: HTTP/1.x transport connection broken: malformed HTTP response \\"\\x15\\x03\\x01\\x00\\x02\\x02\\"" connIndex=0 event=1 ingressRule=0 originService=http://localhost:8080',
	},
	{
		id: "cfd-refused",
		server: "cloudflared",
		looks: /cloudflared: dial tcp \S{1,100}: connect: connection refused/,
		speaksFor: "502",
		originLog: null,
		betterThan: "cfd-unreach",
		meaning: "The service does not run, the port is wrong, or localhost means IPv6",
		fix: "Start it; use 127.0.0.1",
		source:
			"https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/troubleshoot-tunnels/common-errors/",
		example:
			'2026-11-22T19:12:15Z ERR  error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: dial tcp [::1]:8080: connect: connection refused" connIndex=0 event=1 ingressRule=0 originService=http://localhost:8080',
	},
	{
		id: "cfd-x509",
		server: "cloudflared",
		looks: /x509: certificate (?:is valid for|signed by unknown authority|has expired)/,
		speaksFor: "502",
		originLog: null,
		betterThan: "cfd-unreach",
		meaning: "cloudflared does not accept the local certificate",
		fix: "Check originServerName and caPool",
		source:
			"https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/troubleshoot-tunnels/common-errors/",
		example:
			'2026-11-22T19:12:15Z ERR  error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: tls: failed to verify certificate: x509: certificate is valid for example.com, not localhost" connIndex=0 event=1 ingressRule=0 originService=http://localhost:8080',
	},
	{
		id: "cfd-edge",
		server: "cloudflared",
		looks:
			/Unable to establish connection with Cloudflare edge|failed to dial to edge with quic|error looking up Cloudflare edge IPs/,
		speaksFor: "1033",
		originLog: null,
		meaning: "cloudflared cannot reach Cloudflare (port 7844, DNS)",
		fix: "Open port 7844 (TCP and UDP); fix DNS",
		source:
			"cloudflare/cloudflared@d1df798: supervisor/tunnel.go:487; connection/errors.go:25; edgediscovery/allregions/discovery.go:124",
		example:
			'2026-11-22T19:12:15Z ERR Unable to establish connection with Cloudflare edge error="DialContext error: dial tcp 198.51.100.43:7844: i/o timeout" connIndex=0',
	},
	{
		id: "cfd-canceled",
		server: "cloudflared",
		looks:
			/stream \d+ canceled by remote with error code 0|error=\\?"context canceled\\?"|Incoming request ended abruptly: context canceled/,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The visitor or Cloudflare closed the connection before the local service responded",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "cloudflare/cloudflared: proxy/proxy.go, quic/safe_stream.go",
		example:
			'2026-11-24T10:07:20Z ERR Request failed error="stream 38281 canceled by remote with error code 0" connIndex=3 dest=https://shop.example/ event=0 ip=198.51.100.43 type=http',
	},
	{
		id: "cfd-lost",
		server: "cloudflared",
		looks:
			/no recent network activity|Lost connection with the edge|Serve tunnel error|failed to serve tunnel connection|Connection terminated error=/,
		speaksFor: "1033",
		originLog: null,
		meaning: "The tunnel lost its connection to Cloudflare: requests on it were dropped",
		fix: "Test for packet loss; try --protocol http2",
		source: "cloudflare/cloudflared: supervisor/tunnel.go",
		example:
			'2026-11-24T09:14:07Z WRN Serve tunnel error error="timeout: no recent network activity" connIndex=2 ip=198.51.100.43',
	},
];
