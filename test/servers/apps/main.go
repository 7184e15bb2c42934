// Go's net/http: HTTP/1.1, HTTP/2, HTTP/2 alone, a client certificate demanded under each version of TLS, and short time-outs.
package main

import (
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

var big = strings.Repeat("0123456789abcdef", 300000/16)

func flush(w http.ResponseWriter, text string) {
	io.WriteString(w, text)
	w.(http.Flusher).Flush()
	time.Sleep(20 * time.Millisecond)
}

func fields(w http.ResponseWriter, count, length int) {
	for nth := 0; nth < count; nth++ {
		w.Header().Set(fmt.Sprintf("X-F%d", nth), strings.Repeat("a", length))
	}
	io.WriteString(w, "ok")
}

func answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/ok":
		io.WriteString(w, "ok")
	case "/stream":
		for _, part := range []string{"one", "two", "three"} {
			flush(w, part)
		}
	case "/trailers":
		w.Header().Set("Trailer", "X-Sum")
		flush(w, "hello")
		w.Header().Set("X-Sum", "5")
	case "/gzip":
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		io.WriteString(packed, strings.Repeat("hello ", 2000))
		packed.Close()
	case "/big":
		w.Header().Set("Content-Length", fmt.Sprint(len(big)))
		io.WriteString(w, big)
	case "/big-stream":
		io.WriteString(w, big)
	case "/empty":
		w.WriteHeader(204)
	case "/not-modified":
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(304)
	case "/moved":
		http.Redirect(w, r, "/ok", 302)
	case "/hints":
		w.Header().Set("Link", "</a.css>; rel=preload; as=style")
		w.WriteHeader(103)
		io.WriteString(w, "ok")
	case "/cookies":
		for nth := 0; nth < 20; nth++ {
			http.SetCookie(w, &http.Cookie{Name: fmt.Sprintf("c%d", nth), Value: strings.Repeat("a", 150), Path: "/"})
		}
		io.WriteString(w, "ok")
	case "/file":
		http.ServeContent(w, r, "a.bin", time.Unix(1793000000, 0), strings.NewReader(big))
	case "/close":
		w.Header().Set("Connection", "close")
		io.WriteString(w, "ok")
	case "/slow":
		time.Sleep(300 * time.Millisecond)
		io.WriteString(w, "ok")
	case "/999":
		w.WriteHeader(999)
	// what breaks
	case "/throw":
		panic("before headers")
	case "/throw-in-stream":
		flush(w, "part")
		panic("after")
	case "/long":
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "short")
	case "/kill":
		os.Exit(1)
	case "/kill-in-stream":
		flush(w, "part")
		os.Exit(1)
	case "/reset", "/reset-in-stream":
		taken, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		if r.URL.Path == "/reset-in-stream" {
			io.WriteString(taken, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")
			time.Sleep(50 * time.Millisecond)
		}
		if secure, is := taken.(*tls.Conn); is {
			taken = secure.NetConn()
		}
		taken.(*net.TCPConn).SetLinger(0)
		taken.Close()
	case "/140-kb":
		fields(w, 35, 4000)
	case "/300-fields":
		fields(w, 300, 4)
	case "/hang":
		<-r.Context().Done()
	case "/stall":
		flush(w, "part")
		<-r.Context().Done()
	case "/502":
		nobody, _ := url.Parse("http://127.0.0.1:1")
		httputil.NewSingleHostReverseProxy(nobody).ServeHTTP(w, r)
	case "/late":
		time.Sleep(1500 * time.Millisecond)
		io.WriteString(w, "ok")
	default:
		http.NotFound(w, r)
	}
}

func main() {
	dir := os.Getenv("DIR")
	var ports map[string]int
	if err := json.Unmarshal([]byte(os.Getenv("PORTS")), &ports); err != nil {
		log.Fatal(err)
	}
	pem, err := os.ReadFile(dir + "/ca.crt")
	if err != nil {
		log.Fatal(err)
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(pem)
	mutual := func(version uint16) *tls.Config {
		return &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authorities, MinVersion: tls.VersionTLS12, MaxVersion: version}
	}
	handler := http.HandlerFunc(answer)
	serve := func(name string, server *http.Server) {
		server.Addr = fmt.Sprintf("127.0.0.1:%d", ports[name])
		server.Handler = handler
		if server.TLSConfig == nil {
			log.Fatal(server.ListenAndServe())
		}
		log.Fatal(server.ListenAndServeTLS(dir+"/srv.crt", dir+"/srv.key"))
	}
	go serve("https", &http.Server{TLSConfig: &tls.Config{}})
	go serve("mtls12", &http.Server{TLSConfig: mutual(tls.VersionTLS12)})
	go serve("mtls13", &http.Server{TLSConfig: mutual(tls.VersionTLS13)})
	go serve("impatient", &http.Server{WriteTimeout: time.Second})
	go serve("impatientTls", &http.Server{WriteTimeout: time.Second, TLSConfig: &tls.Config{}})
	go serve("closes20", &http.Server{IdleTimeout: 20 * time.Millisecond})
	go serve("closes80", &http.Server{IdleTimeout: 80 * time.Millisecond})
	serve("http", &http.Server{})
}
