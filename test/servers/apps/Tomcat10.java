// Tomcat inside a program of its own: HTTP/1.1, HTTP/2 over TLS, and a client certificate demanded under each version of TLS.
import jakarta.servlet.http.*;
import java.io.*;
import java.util.*;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.*;

public class Tomcat10 {
	static final String BIG = "0123456789abcdef".repeat(300000 / 16);

	static class App extends HttpServlet {
		static void part(HttpServletResponse answer, String text) throws IOException {
			answer.getWriter().write(text);
			answer.flushBuffer();
			try { Thread.sleep(20); } catch (InterruptedException stopped) { throw new IOException(stopped); }
		}

		static void pause(long ms) {
			try { Thread.sleep(ms); } catch (InterruptedException stopped) { Thread.currentThread().interrupt(); }
		}

		@Override protected void service(HttpServletRequest asked, HttpServletResponse answer) throws IOException {
			answer.setContentType("text/plain");
			switch (asked.getRequestURI()) {
				case "/ok": answer.getWriter().write("ok"); break;
				case "/stream": for (String text : List.of("one", "two", "three")) part(answer, text); break;
				case "/trailers":
					answer.setHeader("Trailer", "X-Sum");
					answer.setTrailerFields(() -> Map.of("X-Sum", "5"));
					part(answer, "hello");
					break;
				case "/gzip": answer.getWriter().write("hello ".repeat(2000)); break;
				case "/big": answer.setContentType("application/octet-stream"); answer.setContentLength(BIG.length()); answer.getWriter().write(BIG); break;
				case "/big-stream": answer.getWriter().write(BIG); break;
				case "/empty": answer.setStatus(204); break;
				case "/not-modified": answer.setHeader("ETag", "\"1\""); answer.setStatus(304); break;
				case "/moved": answer.sendRedirect("/ok"); break;
				case "/cookies": for (int nth = 0; nth < 20; nth++) answer.addCookie(new Cookie("c" + nth, "a".repeat(150))); answer.getWriter().write("ok"); break;
				case "/close": answer.setHeader("Connection", "close"); answer.getWriter().write("ok"); break;
				case "/slow": pause(300); answer.getWriter().write("ok"); break;
				case "/999": answer.setStatus(999); break;
				// what breaks
				case "/throw": throw new IllegalStateException("before headers");
				case "/throw-in-stream": part(answer, "part"); throw new IllegalStateException("after");
				case "/long": answer.setContentLength(100); answer.getWriter().write("short"); break;
				case "/kill": Runtime.getRuntime().halt(1); break;
				case "/kill-in-stream": part(answer, "part"); Runtime.getRuntime().halt(1); break;
				case "/140-kb": for (int nth = 0; nth < 35; nth++) answer.setHeader("X-F" + nth, "a".repeat(4000)); answer.getWriter().write("ok"); break;
				case "/300-fields": for (int nth = 0; nth < 300; nth++) answer.setHeader("X-F" + nth, "aaaa"); answer.getWriter().write("ok"); break;
				case "/hang": pause(4000); break;
				case "/stall": part(answer, "part"); pause(4000); break;
				case "/502": answer.sendError(502); break;
				default: answer.sendError(404);
			}
		}
	}

	static int port(String name) {
		return Integer.parseInt(System.getenv("PORT_" + name));
	}

	static Connector connector(Tomcat tomcat, String name) {
		Connector one = new Connector("HTTP/1.1");
		one.setPort(port(name));
		one.setProperty("address", "127.0.0.1");
		one.setProperty("keepAliveTimeout", "10000");
		one.setProperty("compression", "on");
		one.setProperty("maxHttpResponseHeaderSize", name.equals("http") ? "8192" : "262144");
		one.setProperty("maxThreads", "20");
		tomcat.getService().addConnector(one);
		return one;
	}

	static void secure(Tomcat tomcat, String name, String versions, boolean mutual) {
		Connector one = connector(tomcat, name);
		String dir = System.getenv("DIR");
		one.setSecure(true);
		one.setScheme("https");
		one.setProperty("SSLEnabled", "true");
		SSLHostConfig host = new SSLHostConfig();
		host.setProtocols(versions);
		if (mutual) {
			host.setCertificateVerification("required");
			host.setCaCertificateFile(dir + "/ca.crt");
		}
		SSLHostConfigCertificate pair = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
		pair.setCertificateFile(dir + "/srv.crt");
		pair.setCertificateKeyFile(dir + "/srv.key");
		host.addCertificate(pair);
		one.addSslHostConfig(host);
		one.addUpgradeProtocol(new Http2Protocol());
	}

	public static void main(String[] none) throws Exception {
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(System.getenv("DIR") + "/tomcat");
		connector(tomcat, "http");
		secure(tomcat, "https", "TLSv1.2+TLSv1.3", false);
		secure(tomcat, "mtls12", "TLSv1.2", true);
		secure(tomcat, "mtls13", "TLSv1.3", true);
		// Tomcat's own context listener reads annotations, whose classes are a further library.
		StandardContext context = new StandardContext();
		context.setPath("");
		context.setDocBase(new File(System.getenv("DIR")).getAbsolutePath());
		context.setIgnoreAnnotations(true);
		context.addLifecycleListener(event -> {
			if (event.getType().equals(Lifecycle.CONFIGURE_START_EVENT)) context.setConfigured(true);
		});
		tomcat.getHost().addChild(context);
		Tomcat.addServlet(context, "app", new App());
		context.addServletMappingDecoded("/", "app");
		tomcat.start();
		tomcat.getServer().await();
	}
}
